// Draws the traces of this page. Times are nanoseconds since a trace's beginning.
'use strict';
for (const place of document.querySelectorAll('.timeline-picture')) {
  const trace = JSON.parse(place.querySelector('script').textContent);
  const canvas = place.querySelector('canvas'), pen = canvas.getContext('2d');
  const search = place.querySelector('input'), about = place.querySelector('.slice');
  const ROW = 20, LABEL = 260, AXIS = 22, NARROWEST = 100;
  const length = Math.max(trace.length, 1);
  let from = 0, until = length, top = 0, shown = [], chosen = null, hover = null;

  // Each track's slices as arrays: [name, begin, end, who woke it].
  for (const track of trace.tracks) {
    let end = 0;
    const flat = track.slices, slices = track.slices = [];
    for (let i = 0; i < flat.length; i += 4) {
      const begin = end + flat[i + 1];
      end = begin + flat[i + 2];
      slices.push([flat[i], begin, end, flat[i + 3]]);
    }
    track.label = track.name + (track.origin ? ', ' + track.origin : '');
  }
  const goroutines = new Map(trace.tracks.filter(t => !t.worker).map(t => [t.number, t]));
  const found = new Set();
  for (const track of goroutines.values()) for (const slice of track.slices) found.add(slice[0]);
  const states = [...found].map(i => trace.names[i]).filter(n => !/^runn/.test(n)).sort();

  const dark = matchMedia('(prefers-color-scheme:dark)');
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  function colour(track, name) {
    const light = dark.matches ? 38 : 72;
    if (name === 'running') return dark.matches ? '#2e8b57' : '#4cb978';
    if (name === 'runnable') return dark.matches ? '#b8860b' : '#f0c040';
    // Blue to red: green and yellow are taken. States in order, goroutines by number.
    const turn = track.worker ? parseInt(name.replace(/\D*/, ''), 10) : states.indexOf(name);
    return `hsl(${(190 + turn * 61 % 190) % 360} 45% ${light}%)`;
  }
  function time(ns) {
    if (Math.abs(ns) >= 1e9) return (ns / 1e9).toFixed(3) + ' s';
    if (Math.abs(ns) >= 1e6) return (ns / 1e6).toFixed(3) + ' ms';
    return (ns / 1e3).toFixed(1) + ' us';
  }

  const width = () => canvas.clientWidth - LABEL;
  const x = t => LABEL + (t - from) / (until - from) * width();
  const t = px => from + (px - LABEL) / width() * (until - from);
  const y = row => AXIS + row * ROW - top;

  // The first slice that ends after the time.
  function first(slices, when) {
    let low = 0, high = slices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (slices[middle][2] > when) high = middle; else low = middle + 1;
    }
    return low;
  }

  function axis() {
    const step = 10 ** Math.ceil(Math.log10((until - from) / 8));
    const fine = (until - from) / step < 3 ? step / 5 : step;
    pen.fillStyle = style('--soft');
    pen.strokeStyle = style('--line');
    pen.textAlign = 'left';
    for (let at = Math.ceil(from / fine) * fine; at <= until; at += fine) {
      pen.beginPath();
      pen.moveTo(x(at), AXIS - 6);
      pen.lineTo(x(at), canvas.clientHeight);
      pen.stroke();
      pen.fillText(time(at), x(at) + 3, 12);
    }
  }

  function row(track, at) {
    let drawn = 0, right = -1;
    for (let i = first(track.slices, from); i < track.slices.length; ++i) {
      const slice = track.slices[i], name = trace.names[slice[0]];
      if (slice[1] > until) break;
      const left = Math.max(x(slice[1]), LABEL), end = Math.min(x(slice[2]), LABEL + width());
      ++drawn;
      if (end < right) continue;  // nothing of it would be seen
      right = Math.max(end, left + 1);
      pen.fillStyle = colour(track, name);
      pen.fillRect(left, at + 2, right - left, ROW - 4);
      if (slice === chosen?.slice) {
        pen.strokeStyle = style('--fg');
        pen.strokeRect(left + .5, at + 2.5, Math.max(right - left - 1, 1), ROW - 5);
      }
      if (right - left < 40) continue;
      pen.save();
      pen.beginPath();
      pen.rect(left, at, right - left, ROW);
      pen.clip();
      pen.fillStyle = dark.matches ? '#fff' : '#111';
      pen.fillText(name, left + 4, at + 14);
      pen.restore();
    }
    return drawn;
  }

  // From who woke it to where it became runnable.
  function arrow(track, slice) {
    const waker = goroutines.get(slice[3]);
    const begin = shown.indexOf(waker), end = shown.indexOf(track);
    if (begin < 0 || end < 0) return;
    const at = x(slice[1]);
    pen.strokeStyle = pen.fillStyle = style('--bad');
    pen.beginPath();
    pen.moveTo(at, y(begin) + ROW / 2);
    pen.lineTo(at, y(end) + ROW / 2);
    pen.stroke();
    pen.beginPath();
    pen.arc(at, y(begin) + ROW / 2, 3, 0, 7);
    pen.fill();
  }

  function draw() {
    const ratio = devicePixelRatio || 1;
    const height = Math.min(shown.length * ROW + AXIS + 4, Math.max(innerHeight - 220, 240));
    canvas.style.height = height + 'px';
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = height * ratio;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.font = '12px system-ui, sans-serif';
    pen.fillStyle = style('--bg');
    pen.fillRect(0, 0, canvas.clientWidth, height);
    top = Math.max(0, Math.min(top, shown.length * ROW + AXIS + 4 - height));
    axis();
    let slices = 0, rows = 0;
    for (let i = Math.floor(top / ROW); i < shown.length && y(i) < height; ++i, ++rows) {
      slices += row(shown[i], y(i));
      pen.save();
      pen.beginPath();
      pen.rect(0, y(i), LABEL - 6, ROW);
      pen.clip();
      pen.fillStyle = style('--fg');
      pen.fillText(shown[i].label, 6, y(i) + 14);
      pen.restore();
    }
    for (const [when, what] of trace.reports) {
      if (when < from || when > until) continue;
      pen.fillStyle = style('--bad');
      pen.fillRect(x(when) - 1, 0, 2, height);
      pen.textAlign = x(when) > LABEL + width() / 2 ? 'right' : 'left';
      pen.fillText(what.split(':')[0], x(when) + (pen.textAlign === 'right' ? -5 : 5), AXIS - 1);
      pen.textAlign = 'left';
    }
    for (const each of [chosen, hover]) if (each && each.slice[3]) arrow(each.track, each.slice);
    place.dataset.rows = rows;      // for who tests this page
    place.dataset.slices = slices;
  }

  function find(event) {
    const box = canvas.getBoundingClientRect(), px = event.clientX - box.left;
    const track = shown[Math.floor((event.clientY - box.top - AXIS + top) / ROW)];
    if (!track || px < LABEL || event.clientY - box.top < AXIS) return null;
    const near = (until - from) / width();  // a pixel
    const slice = track.slices[first(track.slices, t(px) - near)];
    return slice && slice[1] <= t(px) + near ? {track, slice} : null;
  }

  function tell(found) {
    if (!found) return '';
    const [name, begin, end, waker] = found.slice;
    const lines = [`${found.track.label}`,
                   `${trace.names[name]} for ${time(end - begin)}, from ${time(begin)} to ${time(end)}`];
    if (waker) lines.push(`made runnable by ${goroutines.get(waker)?.label ?? 'goroutine ' + waker}`);
    for (const [when, what] of trace.reports)
      if (when >= begin && when <= end) lines.push(`at ${time(when)}: ${what}`);
    return lines.join('\n');
  }

  function zoom(factor, px) {
    const at = t(px), span = Math.min(Math.max((until - from) * factor, NARROWEST), length);
    from = Math.max(0, Math.min(at - (px - LABEL) / width() * span, length - span));
    until = from + span;
    draw();
  }
  function move(ns) {
    const span = until - from;
    from = Math.max(0, Math.min(from + ns, length - span));
    until = from + span;
    draw();
  }
  function filter() {
    const wanted = search.value.toLowerCase();
    shown = trace.tracks.filter(track => track.label.toLowerCase().includes(wanted));
    draw();
  }

  let drag = null, mouse = LABEL;
  canvas.addEventListener('mousedown', event => {
    drag = {x: event.clientX, y: event.clientY, from, top, moved: false};
  });
  addEventListener('mousemove', event => {
    if (drag) {
      drag.moved ||= Math.abs(event.clientX - drag.x) + Math.abs(event.clientY - drag.y) > 3;
      top = drag.top - (event.clientY - drag.y);
      move(drag.from - (event.clientX - drag.x) / width() * (until - from) - from);
    } else if (event.target === canvas) {
      mouse = event.clientX - canvas.getBoundingClientRect().left;
      hover = find(event);
      canvas.title = tell(hover);
      draw();
    }
  });
  addEventListener('mouseup', event => {
    if (drag && !drag.moved && event.target === canvas) {
      chosen = find(event);
      about.textContent = tell(chosen);
      draw();
    }
    drag = null;
  });
  canvas.addEventListener('wheel', event => {
    event.preventDefault();
    if (event.ctrlKey) return zoom(event.deltaY > 0 ? 1.25 : .8, event.offsetX);
    top += event.deltaY;
    move(event.deltaX / width() * (until - from));
  }, {passive: false});
  canvas.addEventListener('keydown', event => {
    const step = (until - from) / 5;
    const keys = {w: () => zoom(.7, mouse), s: () => zoom(1.4, mouse), a: () => move(-step),
                  d: () => move(step), ArrowLeft: () => move(-step), ArrowRight: () => move(step)};
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
  place.querySelector('button').addEventListener('click', () => {
    [from, until, top, search.value] = [0, length, 0, ''];
    filter();
  });
  search.addEventListener('input', filter);
  addEventListener('resize', draw);
  dark.addEventListener('change', draw);

  for (const name of ['running', 'runnable', ...states]) {
    const word = document.createElement('span');
    word.textContent = name;
    word.style.setProperty('--state', colour({worker: false}, name));
    place.querySelector('.legend').append(word);
  }
  filter();
}
