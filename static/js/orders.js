// The order board: ticking many rows, what can be done to them, and its keys.
(() => {
  const d = document, list = d.getElementById('orders-list');
  if (!list) return;
  const find = css => d.getElementById('orders-list').querySelector(css);
  const rows = () => [...d.querySelectorAll('#rows-orders > tr')];
  const box = row => row.querySelector('input[name=ids]');
  const ticked = () => rows().filter(r => box(r)?.checked);
  const number = n => n.toLocaleString(d.documentElement.lang);

  // The bar offers what at least one of the ticked orders allows, with for how many. For all
  // that match, nobody has counted here: what the page's own rows allow is offered.
  const bar = () => {
    const picked = ticked(), form = d.getElementById('bulk'), all = form.querySelector('[data-matching]').checked;
    const from = all ? rows() : picked;
    for (const b of form.querySelectorAll('[data-act]')) {
      const n = from.filter(r => r.dataset.acts.split(' ').includes(b.dataset.act)).length;
      b.hidden = !n;
      b.querySelector('[data-n]').textContent = all ? '' : number(n);
    }
    const say = form.querySelector('[data-picked]'), text = picked.length ? (picked.length === 1 ? say.dataset.one : say.dataset.many).replace('{n}', number(picked.length)) : '';
    if (say.textContent !== text) say.textContent = text;
    if (!picked.length) form.querySelector('[data-matching]').checked = false;
    const head = find('[data-all]');
    head.checked = picked.length > 0 && picked.length === rows().length;
    head.indeterminate = picked.length > 0 && !head.checked;
  };

  // From the row ticked last to this one.
  let anchor = '';
  const tick = (row, on, range) => {
    const all = rows(), from = all.findIndex(r => r.id === anchor), to = all.indexOf(row);
    for (const r of range && from >= 0 ? all.slice(Math.min(from, to), Math.max(from, to) + 1) : [row]) box(r).checked = on;
    anchor = row.id;
    bar();
  };
  d.addEventListener('click', e => {
    const t = e.target;
    if (t.matches?.('#rows-orders input[name=ids]')) tick(t.closest('tr'), t.checked, e.shiftKey);
    else if (t.matches?.('[data-all]')) { for (const r of rows()) box(r).checked = t.checked; bar(); }
    else if (t.closest?.('[data-clear]')) clear();
    else if (t.matches?.('[data-matching]')) bar();
  });
  const clear = () => { for (const r of rows()) box(r).checked = false; anchor = ''; bar(); };

  // A row that left this tab goes once it has been seen to, and nobody points at the list,
  // works in it or has ticked anything.
  let pointed = false, timer;
  const settle = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const at = d.getElementById('orders-list');
      if (pointed || at.contains(d.activeElement) || ticked().length) return;
      for (const r of rows()) if (r.classList.contains('is-moved')) r.remove();
    }, 1200);
  };
  d.addEventListener('pointerover', e => {
    const now = !!e.target.closest?.('#orders-list');
    if (pointed && !now) settle();
    pointed = now;
  });
  d.addEventListener('focusout', settle);
  d.addEventListener('htmx:after:swap', () => { bar(); settle(); });
  addEventListener('pageshow', bar);

  // Single letters can be switched off, and never act while somebody types (WCAG 2.1.4).
  const memory = 'board-keys', on = d.querySelector('[data-keys-on]');
  const asked = () => { try { return localStorage.getItem(memory) !== 'off'; } catch { return true; } };
  on.checked = asked();
  on.addEventListener('change', () => { try { localStorage.setItem(memory, on.checked ? 'on' : 'off'); } catch { /* for this page only */ } });

  const here = () => d.activeElement?.closest?.('#rows-orders > tr');
  const go = row => { row.querySelector('[data-open]').focus(); row.scrollIntoView({ block: 'nearest' }); };
  const step = by => {
    const all = rows(), at = all.indexOf(here());
    const to = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    if (to) go(to);
  };
  const act = {
    j: () => step(1),
    k: () => step(-1),
    x: row => row && tick(row, !box(row).checked),
    X: row => row && tick(row, true, true),
    o: row => row?.querySelector('[data-peek]').click(),
    p: row => (row?.querySelector('form[action$="/start"][action*="/packing/"] button, a[href^="/staff/packing/"]'))?.click(),
    '/': () => find('[data-find]').focus(),
    '?': () => d.querySelector('[data-help]').click(),
  };
  let led = 0; // when g was pressed
  d.addEventListener('keydown', e => {
    const typing = e.target.matches?.('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');
    if (e.defaultPrevented || e.isComposing || e.ctrlKey || e.metaKey || e.altKey || typing || d.querySelector('dialog[open], :popover-open')) return;
    if (e.key === 'Escape') { if (ticked().length) { e.preventDefault(); clear(); } return; }
    if (!on.checked || e.key.length > 1) return;
    const key = e.code?.startsWith('Key') ? (e.shiftKey ? e.code[3] : e.code[3].toLowerCase()) : e.key; // whatever the keyboard writes
    if (led && Date.now() - led < 1500) {
      led = 0;
      const to = d.querySelector(`[data-go="${CSS.escape(key.toUpperCase())}"]`);
      if (to) { e.preventDefault(); location.assign(to.href); }
      return;
    }
    if (key === 'g') { led = Date.now(); return; }
    if (!act[key]) return;
    e.preventDefault();
    act[key](here());
  });
})();
