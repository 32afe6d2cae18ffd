// What every page needs. No eval, no inline handlers, no framework.
(() => {
  const d = document, root = d.documentElement;
  root.classList.add('js');

  // A morph must not fight the person: <details>, <dialog> and typed values stay as they are.
  // The same extension hands htmx its Trusted Types policy and takes away its only use of eval
  // (hx-on, js: values and trigger filters).
  htmx.registerExtension('keep', {
    init: api => {
      const off = () => { throw new Error('expression attributes are off'); };
      const rules = { createHTML: s => s, createScript: () => '' };
      api.initSecurity(window.trustedTypes?.createPolicy('htmx', rules) ?? rules, off, off);
    },
    // A modal that loses `open` disappears but stays modal, and the whole page is dead.
    htmx_before_morph_attr: (el, x) => !(x.attrName === 'open' && x.newValue === null && (el.localName === 'dialog' || el.localName === 'details')),
    // Somebody is typing in it: the patch is dropped, not queued.
    htmx_before_morph_node: el => !el.matches?.('[data-hold]:focus-within'),
  });

  // Invoker commands for browsers that lack them (Safari before 26.2, Firefox before 144).
  if (!('commandForElement' in HTMLButtonElement.prototype)) d.addEventListener('click', e => {
    const b = e.target.closest?.('button[commandfor]');
    const t = b && d.getElementById(b.getAttribute('commandfor'));
    if (!t) return;
    ({ 'show-modal': () => t.showModal(), close: () => t.close(b.value), 'toggle-popover': () => t.togglePopover() })[b.getAttribute('command')]?.();
  });

  // A dialog swapped into #modal opens; closing removes it and gives the focus back.
  d.addEventListener('htmx:after:swap', () => {
    const m = d.querySelector('#modal > dialog:not([open])');
    if (!m) return;
    const back = d.activeElement;
    m.showModal();
    m.addEventListener('close', () => { m.remove(); back?.focus?.(); }, { once: true });
  });

  // A click on the backdrop closes a dialog, unless it holds something typed.
  d.addEventListener('click', e => {
    if (e.target.localName !== 'dialog' || !e.target.open) return;
    const r = e.target.getBoundingClientRect();
    const out = e.clientX < r.left || e.clientX > r.right || e.clientY < r.top || e.clientY > r.bottom;
    const typed = [...e.target.querySelectorAll('textarea, input:not([type=hidden])')].some(i => i.value !== i.defaultValue);
    if (out && !typed) e.target.close();
  });

  // The menu posts a form; with a script the theme flips at once and without leaving the page.
  d.addEventListener('click', e => {
    const b = e.target.closest?.('button[data-set-theme]');
    if (!b) return;
    e.preventDefault();
    const v = b.dataset.setTheme;
    if (v) root.dataset.theme = v; else delete root.dataset.theme;
    for (const o of d.querySelectorAll('[data-set-theme]')) o.setAttribute('aria-pressed', String(o === b));
    const body = new URLSearchParams({ theme: v, next: location.pathname + location.search });
    fetch(b.form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => {});
  });

  // Whoever follows a link to what they were told of has read it.
  d.addEventListener('click', e => {
    const a = e.target.closest?.('a[data-reads]');
    if (a) navigator.sendBeacon(a.dataset.reads, new URLSearchParams());
  });

  // Ctrl/Cmd+K goes to the search field (never a bare letter: WCAG 2.1.4).
  d.addEventListener('keydown', e => {
    if (!(e.ctrlKey || e.metaKey) || e.key.toLowerCase() !== 'k') return;
    const q = d.querySelector('[data-search]');
    if (q) { e.preventDefault(); q.focus(); q.select(); }
  });

  // Toasts go after eight seconds unless looked at; an error stays until it is closed.
  const age = t => {
    let timer;
    const go = () => { timer = setTimeout(() => t.remove(), 8000); };
    const hold = () => clearTimeout(timer);
    for (const ev of ['pointerenter', 'focusin']) t.addEventListener(ev, hold);
    for (const ev of ['pointerleave', 'focusout']) t.addEventListener(ev, go);
    go();
  };
  const toasts = d.getElementById('toasts');
  if (toasts) new MutationObserver(all => {
    for (const m of all) for (const t of m.addedNodes) if (t.matches?.('.toast:not(.r)')) age(t);
  }).observe(toasts, { childList: true });
  toasts?.addEventListener('click', e => e.target.closest('[data-close]')?.closest('.toast')?.remove());

  // The first visit paints with the system's Hangul face. Our own face is fetched when the page
  // is idle; the cookie tells the server to link it from the next page on.
  const warm = () => {
    if (/(^|; )f=1/.test(d.cookie) || navigator.connection?.saveData) return;
    const fonts = ['/static/fonts/daybreak-latin.woff2', '/static/fonts/daybreak-ko.woff2'];
    Promise.all(fonts.map(f => fetch(f, { priority: 'low' }).then(r => { if (!r.ok) throw r; return r.arrayBuffer(); })))
      .then(() => { d.cookie = 'f=1; Path=/; Max-Age=31536000; SameSite=Lax' + (location.protocol === 'https:' ? '; Secure' : ''); })
      .catch(() => {});
  };
  addEventListener('load', () => setTimeout(() => (window.requestIdleCallback ?? setTimeout)(warm), 3000));
})();
