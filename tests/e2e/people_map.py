"""What a hand does on the map of people, for tests in a browser."""

from django.urls import reverse

COLUMN = 99


def address(name, project, *more):
    return reverse(f"assessments:{name}", args=[project.pk, *more])


def dot(page, person):
    return page.locator(f'.dot[data-id="{person.pk}"]')


def drag(page, what, right=0, down=0):
    """Move the middle of an element by units of the map."""
    box = what.bounding_box()
    scale = page.locator("#people-svg").bounding_box()["width"] / 540
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right * scale / 2, y + down * scale / 2)
    page.mouse.move(x + right * scale, y + down * scale)
    page.mouse.up()


def answer(page, reason="Saw two quotes leave within the hour."):
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why they stand there").fill(reason)
    dialog.get_by_label("How we know").select_option("observed")
    dialog.get_by_role("button", name="Save").click()
