// Enlarges the map of people. The frame scrolls, so that keys, wheels and fingers pan as everywhere;
// a mouse may also drag the ground.
(() => {
  const frame = document.querySelector("[data-map]");
  const tools = document.querySelector("[data-zoom-tools]");
  if (!frame || !tools) return;

  const ZOOMS = [1, 1.5, 2, 3, 4];
  const within = (value, low, high) => Math.min(Math.max(value, low), high);
  let zoom = 1;

  const size = () => {
    document.getElementById("people-svg").style.width = zoom === 1 ? "" : `${zoom * 100}%`;
  };
  const zoomTo = (wanted, point) => {
    const before = zoom;
    zoom = within(wanted, ZOOMS[0], ZOOMS.at(-1));
    const box = frame.getBoundingClientRect();
    const [x, y] = point ? [point.clientX - box.left, point.clientY - box.top] : [box.width / 2, box.height / 2];
    const left = ((frame.scrollLeft + x) * zoom) / before - x;
    const top = ((frame.scrollTop + y) * zoom) / before - y;
    size();
    if (zoom === 1) delete frame.dataset.zoom;
    else frame.dataset.zoom = zoom;
    frame.scrollTo(left, top);
  };
  const next = (by) => {
    const nearest = ZOOMS.findIndex((each) => each >= zoom - 0.01);
    zoomTo(ZOOMS[within(nearest + by, 0, ZOOMS.length - 1)]);
  };

  tools.hidden = false;
  tools.querySelector("[data-zoom-in]").addEventListener("click", () => next(1));
  tools.querySelector("[data-zoom-out]").addEventListener("click", () => next(-1));
  tools.querySelector("[data-zoom-fit]").addEventListener("click", () => zoomTo(1));
  frame.addEventListener("map:fresh", size);
  frame.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoomTo(zoom * Math.exp(-event.deltaY / 300), event);
    },
    { passive: false },
  );

  let pan = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType !== "mouse" || event.target.closest(".dot")) return;
    pan = { x: event.clientX + frame.scrollLeft, y: event.clientY + frame.scrollTop };
  });
  document.addEventListener("pointermove", (event) => {
    if (pan) frame.scrollTo(pan.x - event.clientX, pan.y - event.clientY);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => {
      pan = null;
    });
  }
})();
