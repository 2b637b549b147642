"""What a portfolio says in its headline and beneath it."""

from __future__ import annotations

from dataclasses import dataclass

from . import words


@dataclass(frozen=True, slots=True)
class Standing:
    """How many rollouts stand at one verdict, and the nearest go-live among them."""

    verdict: str
    count: int
    days: int | None = None  # to the nearest go-live that is still ahead


def headline(standings: tuple[Standing, ...]) -> str:
    """Return the portfolio's finding: the worst verdict that is held, and when it bites."""
    held = {each.verdict: each for each in standings if each.count}
    total = sum(each.count for each in held.values())
    if not total:
        return "No rollout matches"
    for verdict, say in (
        ("not_ready", "not ready"),
        ("cannot_tell_yet", "without a verdict yet"),
        ("ready_with_conditions", "ready on conditions only"),
    ):
        if verdict in held:
            worst = held[verdict]
            return _sentence(worst, total, say)
    if total == 1:
        return "The rollout is ready"
    return f"{_all(total)} rollouts are ready"


def _all(total: int) -> str:
    return "Both" if total == 2 else f"All {words.spelled(total)}"


def _sentence(worst: Standing, total: int, say: str) -> str:
    verb = "is" if worst.count == 1 else "are"
    if total == 1:
        first = f"The rollout is {say}"
    elif worst.count == total:
        first = f"{_all(total)} rollouts are {say}"
    else:
        first = (
            f"{words.opened(words.spelled(worst.count))} of {words.spelled(total)} "
            f"rollouts {verb} {say}"
        )
    if worst.days is None:
        return first
    subject = "it" if worst.count == 1 else "the nearer one" if worst.count == 2 else "the nearest"
    when = (
        "today"
        if worst.days == 0
        else f"in {words.spelled(worst.days) if worst.days == 1 else worst.days}{words.NBSP}"
        f"day{'' if worst.days == 1 else 's'}"
    )
    return f"{first}; {subject} goes live {when}"


def lede(rollouts: int, clients: int, people: int) -> str:
    """Return what the list covers: six rollouts at three clients, 4,960 people."""
    text = f"{words.opened(words.spelled(rollouts))} rollout{'' if rollouts == 1 else 's'}"
    if clients:
        text += f" at {words.spelled(clients)} client{'' if clients == 1 else 's'}"
    if people:
        text += f", {words.number(people)} {'person' if people == 1 else 'people'}"
    return f"{text}. Scores 0–100; the weakest dimension counts most."


def decisions_wait(count: int, days_late: list[int]) -> str:
    """Return how many decisions wait for the reader, and how late they are."""
    if not count:
        return ""
    verb = "waits" if count == 1 else "wait"
    text = (
        f"{words.opened(words.spelled(count))} decision{'' if count == 1 else 's'} {verb} for you"
    )
    if len(days_late) == 1:
        which = "it" if count == 1 else "one"
        return f"{text}, {which} is {words.plural(days_late[0], 'day')} late"
    if days_late:
        return f"{text}, {words.spelled(len(days_late))} past the limit"
    return text
