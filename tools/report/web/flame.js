// A click on a box of a flame graph shows it and what is below it alone; another goes back.
'use strict';
for (const flame of document.querySelectorAll('.flame')) {
  const boxes = [...flame.children].map(box => ({
    box, left: parseFloat(box.style.left), width: parseFloat(box.style.width)}));
  let alone = null;
  flame.addEventListener('click', event => {
    const chosen = boxes.find(each => each.box === event.target);
    if (!chosen) return;
    alone = alone === chosen ? null : chosen;
    const {left, width} = alone ?? {left: 0, width: 100};
    for (const each of boxes) {
      const begin = (each.left - left) / width * 100, size = each.width / width * 100;
      each.box.hidden = begin >= 100 - 1e-6 || begin + size <= 1e-6;
      each.box.style.left = Math.max(begin, 0) + '%';
      each.box.style.width = Math.min(begin + size, 100) - Math.max(begin, 0) + '%';
      each.box.classList.toggle('alone', each === alone);
    }
  });
}
