// The inbox of requests by keyboard: up and down from row to row, and on a row A, D and X.
// Single letters act only while the focus is in the list (WCAG 2.1.4).
(() => {
  const d = document;
  const inbox = () => d.querySelector('[data-approvals]');
  const open = row => row.querySelector('[data-open]');
  const go = row => { open(row)?.focus(); row.scrollIntoView({ block: 'nearest' }); };

  const act = {
    a: row => row.querySelector('[data-approve]')?.requestSubmit(),
    d: row => row.querySelector('[data-deny]')?.click(),
    x: row => row.querySelector('[type=checkbox]')?.click(),
  };
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

  d.addEventListener('keydown', e => {
    const box = inbox(), on = d.activeElement;
    if (!box || e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || d.querySelector('dialog[open]')) return;
    const idle = on === d.body || on?.id === 'main';
    const row = on?.closest?.('.request');
    if (!row && !(idle && e.key.startsWith('Arrow'))) return;
    const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
    if (step[key]) {
      const rows = [...box.querySelectorAll('.request')];
      const to = row ? rows[rows.indexOf(row) + step[key]] : step[key] > 0 ? rows[0] : null;
      if (!to && !row) return;
      e.preventDefault();
      if (to) go(to);
    } else if (row && act[key]) {
      e.preventDefault();
      act[key](row);
    }
  });

  // Decided: on to the next request that waits, so that a key acts on what is in sight.
  let next = '';
  const remember = row => {
    const rows = [...row.parentElement.querySelectorAll('.request:has([data-approve])')];
    const i = rows.indexOf(row);
    next = (rows[i + 1] ?? rows[i - 1])?.id ?? '';
  };
  d.addEventListener('submit', e => { const r = e.target.closest?.('.request'); if (r) remember(r); }, true);
  d.addEventListener('click', e => { const r = e.target.closest?.('[data-deny]')?.closest('.request'); if (r) remember(r); });
  d.addEventListener('htmx:after:request', e => {
    const code = e.detail?.ctx?.response?.status;
    if (!next || e.target.closest?.('.request') === null && e.target.id !== 'deny-form' || e.detail?.ctx?.request?.method === 'GET' || code === 422) return;
    const to = next;
    next = '';
    requestAnimationFrame(() => { const row = d.getElementById(to); if (row) go(row); });
  });

  // All of a series, if all of it is on the page; else the link leads to it.
  d.addEventListener('click', e => {
    const a = e.target.closest?.('[data-pick-series]');
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey) return;
    const series = a.closest('.request').dataset.series;
    const boxes = [...d.querySelectorAll(`.request[data-series="${CSS.escape(series)}"] [type=checkbox]`)];
    if (boxes.length < Number(a.dataset.pickSeries)) return;
    e.preventDefault();
    const on = !boxes.every(b => b.checked);
    for (const b of boxes) b.checked = on;
  });
})();
