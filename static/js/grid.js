// The timetable of rooms. Without a script it is a table of links; here it gets one tab stop and
// arrow keys, times that are chosen by dragging, the line of the present, and words about what
// changes under the reader.
(() => {
  const d = document, step = 300, snap = 900;

  // The form of a booking opens as a dialog; without a script its link is a page.
  const open = async (href, el) => {
    await htmx.ajax('GET', href, { source: el, target: '#modal', select: 'dialog', swap: 'beforeend', headers: { 'HX-Target': 'div#modal' } });
    if (!d.querySelector('#modal > dialog')) location.assign(href);
  };
  const plain = e => e.button === 0 && !(e.ctrlKey || e.metaKey || e.shiftKey || e.altKey);

  const box = d.getElementById('day-grid');
  if (!box) return;
  const inner = cell => cell.querySelector('a') ?? cell;
  const cellOf = el => el?.closest?.('.daygrid tbody :is(td, th)');
  const width = cell => (cell.localName === 'th' ? 0 : cell.colSpan);
  const column = cell => { let n = 0; for (let c = cell.previousElementSibling; c; c = c.previousElementSibling) n += width(c); return cell.localName === 'th' ? -1 : n; };
  const rows = cell => [...cell.closest('tbody').rows];
  const at = (row, col) => [...row.cells].find(c => { const n = column(c); return col < 0 ? n < 0 : n <= col && col < n + width(c); }) ?? row.lastElementChild;
  const name = cell => (inner(cell).getAttribute('aria-label') ?? cell.textContent).replace(/\s+/g, ' ').trim();

  // What is said goes to the page's one polite region, the newest at most every four seconds.
  let said = 0, waiting;
  const say = text => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { said = Date.now(); d.getElementById('sr-status').textContent = text; }, Math.max(0, said + 4000 - Date.now()));
  };

  // One tab stop a table: where the focus was last, else the first free time.
  let place = null, held = false, wish = -1;
  const rove = () => {
    for (const table of box.querySelectorAll('.daygrid')) {
      const row = place && table.contains(d.getElementById(place.row)) ? d.getElementById(place.row) : null;
      const stop = inner(row ? at(row, place.col) : table.querySelector('tbody td.free') ?? table.tBodies[0].rows[0].cells[0]);
      for (const cell of table.tBodies[0].querySelectorAll('td, th')) {
        const el = inner(cell), to = el === stop ? '0' : '-1';
        if (el.getAttribute('tabindex') !== to) el.setAttribute('tabindex', to);
      }
    }
  };
  const go = (cell, keep) => {
    if (!cell) return;
    if (!keep) wish = column(cell);
    inner(cell).focus();
  };
  box.addEventListener('focusin', e => {
    const cell = cellOf(e.target);
    if (!cell) return;
    const col = column(cell);
    if (wish < col || wish >= col + Math.max(1, width(cell))) wish = col;
    held = true;
    place = { row: cell.parentElement.id, col: wish };
    if (picked && picked.cell !== cell) drop();
    rove();
  });
  box.addEventListener('focusout', e => { if (e.target.isConnected) held = false; });

  // A chosen time lies inside one free cell, in seconds since 1970.
  let picked = null;
  const grid = el => el.closest('[data-grid]');
  const from = cell => Number(grid(cell).dataset.grid) + column(cell) * step;
  const limits = cell => [Math.ceil(from(cell) / snap) * snap, Math.floor((from(cell) + width(cell) * step) / snap) * snap];
  const free = cell => cell?.matches('td.free') && cell.querySelector('a') && limits(cell)[0] < limits(cell)[1];
  const wall = (cell, t) => new Intl.DateTimeFormat('sv-SE', { timeZone: grid(cell).dataset.zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).format(t * 1000).split(' ');
  const link = (cell, a, b) => {
    const u = new URL(cell.querySelector('a').href), [date, start] = wall(cell, a), [last, end] = wall(cell, b);
    for (const [key, value] of Object.entries({ date, start, end })) u.searchParams.set(key, value);
    if (last === date) u.searchParams.delete('nextDay'); else u.searchParams.set('nextDay', 'true');
    return u.href;
  };
  const drop = () => { picked?.mark.remove(); picked = null; };
  const pick = (cell, a, b) => {
    const [low, high] = limits(cell);
    a = Math.min(Math.max(a, low), high - snap);
    b = Math.max(Math.min(b, high), a + snap);
    if (picked?.cell !== cell) { drop(); picked = { cell, mark: cell.appendChild(Object.assign(d.createElement('i'), { className: 'pick-time' })) }; }
    Object.assign(picked, { a, b });
    const whole = width(cell) * step, text = [wall(cell, a)[1], wall(cell, b)[1]];
    picked.mark.style.setProperty('--at', `${((a - from(cell)) / whole) * 100}%`);
    picked.mark.style.setProperty('--for', `${((b - a) / whole) * 100}%`);
    picked.mark.textContent = text.join('–');
    say(box.dataset.picked.replace('{from}', text[0]).replace('{until}', text[1]));
  };
  const take = () => { const { cell, a, b } = picked, href = link(cell, a, b); drop(); open(href, cell.querySelector('a')); };

  // Keys. Letters count only here, where the focus is.
  const turn = to => {
    const a = d.querySelector(`[data-page="${to}"]`);
    if (place) sessionStorage.setItem('grid', JSON.stringify({ ...place, from: Date.now() }));
    if (a) location.assign(a.href);
  };
  const grow = (cell, by, whole) => {
    if (!free(cell)) return;
    if (picked?.cell !== cell) return pick(cell, Math.max(limits(cell)[0], Number(grid(cell).dataset.grid) + wish * step), 0);
    const { a, b } = picked, [low, high] = limits(cell);
    if (!whole) return pick(cell, a, b + by);
    const move = Math.min(Math.max(by, low - a), high - b);
    pick(cell, a + move, b + move);
  };
  const keys = {
    ArrowRight: c => go(c.nextElementSibling), ArrowLeft: c => go(c.previousElementSibling),
    ArrowDown: c => go(c.parentElement.nextElementSibling && at(c.parentElement.nextElementSibling, wish), true),
    ArrowUp: c => go(c.parentElement.previousElementSibling && at(c.parentElement.previousElementSibling, wish), true),
    Home: c => go(c.parentElement.firstElementChild), End: c => go(c.parentElement.lastElementChild),
    PageUp: () => turn('prev'), PageDown: () => turn('next'), '[': () => turn('prev'), ']': () => turn('next'), t: () => turn('today'),
    'Shift+ArrowRight': c => grow(c, snap), 'Shift+ArrowLeft': c => grow(c, -snap),
    'Ctrl+ArrowRight': c => grow(c, snap, true), 'Ctrl+ArrowLeft': c => grow(c, -snap, true),
    'Ctrl+Home': c => go(rows(c)[0].firstElementChild), 'Ctrl+End': c => go(rows(c).at(-1).lastElementChild),
    Escape: () => picked && drop(), Enter: () => picked && take(),
  };
  box.addEventListener('keydown', e => {
    const cell = cellOf(e.target);
    if (!cell || e.altKey || e.metaKey) return;
    const act = keys[(e.ctrlKey ? 'Ctrl+' : '') + (e.shiftKey ? 'Shift+' : '') + e.key];
    if (!act || (e.key === 'Enter' && !picked)) return;
    e.preventDefault();
    act(cell);
  });

  // The pointer: a click books from where it is, a drag chooses how long.
  let drag = null;
  const under = (cell, x) => { const r = cell.getBoundingClientRect(); return from(cell) + ((x - r.left) / r.width) * width(cell) * step; };
  const down = t => Math.floor(t / snap) * snap;
  box.addEventListener('pointerdown', e => {
    const cell = cellOf(e.target);
    drag = plain(e) && e.pointerType !== 'touch' && free(cell) ? { cell, a: down(under(cell, e.clientX)), x: e.clientX } : null;
  });
  box.addEventListener('pointermove', e => {
    if (!drag || (!drag.on && Math.abs(e.clientX - drag.x) < 6)) return;
    if (!drag.on) { drag.on = true; box.setPointerCapture(e.pointerId); }
    const b = down(under(drag.cell, e.clientX));
    pick(drag.cell, Math.min(drag.a, b), Math.max(drag.a, b) + snap);
  });
  box.addEventListener('pointerup', () => { if (drag?.on && picked) { take(); setTimeout(() => { drag = null; }); } else drag = null; });
  box.addEventListener('pointercancel', () => { drag = null; drop(); });
  box.addEventListener('dragstart', e => { if (cellOf(e.target)) e.preventDefault(); });
  box.addEventListener('click', e => {
    const cell = cellOf(e.target);
    if (drag?.on) { e.preventDefault(); return; }
    if (!cell?.matches('td.free') || !plain(e) || !cell.querySelector('a')) return;
    e.preventDefault();
    if (!e.detail || !free(cell)) { open(cell.querySelector('a').href, cell.querySelector('a')); return; }
    const [low, high] = limits(cell), a = Math.max(low, Math.min(down(under(cell, e.clientX)), high - snap));
    open(link(cell, a, Math.min(a + 3600, high)), cell.querySelector('a'));
  });
  box.addEventListener('pointerover', e => { const cell = cellOf(e.target); if (cell && !cell.title) cell.title = name(cell); });

  // A row that was fetched anew keeps the focus where it was. It is told if it is the row the
  // reader is in, or if a booking of theirs is different.
  const own = row => [...row.querySelectorAll('td > a[href^="/bookings/"]')].filter(a => !a.closest('.free')).map(a => name(a.parentElement)).join(', ');
  const state = () => new Map([...box.querySelectorAll('.daygrid tbody tr')].map(r => [r.id, { all: [...r.cells].map(name).join(), own: own(r) }]));
  let known = state();
  const look = () => {
    rove();
    if (held && (d.activeElement === d.body || !d.activeElement)) {
      const row = d.getElementById(place.row);
      if (row) inner(at(row, place.col)).focus({ preventScroll: true });
    }
    const now = state();
    for (const [id, row] of now) {
      const old = known.get(id);
      if (!old || old.all === row.all) continue;
      const here = cellOf(d.activeElement);
      if (here?.parentElement.id === id) say(box.dataset.changed.replace('{what}', name(here)));
      else if (old.own !== row.own) say(box.dataset.changed.replace('{what}', row.own || d.getElementById(id).cells[0].querySelector('a').textContent));
    }
    known = now;
    line();
    watch.takeRecords();
  };
  let soon;
  const watch = new MutationObserver(all => {
    if (all.every(m => [...m.addedNodes, ...m.removedNodes].some(n => n.className === 'pick-time') || m.target.closest?.('.pick-time'))) return;
    clearTimeout(soon);
    soon = setTimeout(look, 30);
  });

  // The line of the present; every five minutes what is past by now is drawn anew.
  const line = () => {
    for (const g of box.querySelectorAll('[data-grid]')) {
      const heads = [...g.querySelectorAll('thead th')].slice(1), last = heads.at(-1), mark = g.querySelector('.now-line');
      const part = (Date.now() / 1000 - Number(g.dataset.grid)) / (heads.reduce((n, h) => n + h.colSpan, 0) * step);
      mark.hidden = part < 0 || part > 1;
      mark.style.setProperty('--now', `${heads[0].offsetLeft + part * (last.offsetLeft + last.offsetWidth - heads[0].offsetLeft)}px`);
      mark.style.setProperty('--rows', `${g.querySelector('table').offsetHeight}px`);
    }
  };
  const show = () => {
    line();
    for (const g of box.querySelectorAll('[data-grid]')) {
      const mark = g.querySelector('.now-line');
      if (!mark.hidden) g.scrollLeft = parseFloat(mark.style.getPropertyValue('--now')) - g.clientWidth / 2;
    }
  };
  let five = Math.floor(Date.now() / 300000);
  setInterval(() => {
    line();
    if (d.hidden || picked || five === Math.floor(Date.now() / 300000) || !box.querySelector('.now-line:not([hidden])')) return;
    five = Math.floor(Date.now() / 300000);
    htmx.ajax('GET', location.href, { source: box, target: box, select: '#day-grid', swap: 'outerMorph ignoreTitle:true' });
  }, 20000);

  const begin = () => {
    rove();
    show();
    new ResizeObserver(line).observe(box);
    watch.observe(box, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['aria-label', 'href', 'class', 'colspan', 'tabindex'] });
    const back = JSON.parse(sessionStorage.getItem('grid') ?? 'null');
    sessionStorage.removeItem('grid');
    const row = back && Date.now() - back.from < 20000 && d.getElementById(back.row);
    if (row) { wish = back.col; go(at(row, wish), true); }
  };
  if (d.readyState === 'complete') begin(); else addEventListener('load', begin);
})();
