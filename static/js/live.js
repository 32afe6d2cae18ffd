// The live stream of a page: rows are patched by htmx as they come; here are the named events,
// the state of the connection and what a person is told about it.
(() => {
  const d = document, root = d.documentElement, live = d.getElementById('live');
  if (!live) return;
  const words = live.dataset, dot = d.getElementById('live-dot'), banner = d.getElementById('conn');
  let last = Date.now(), lost = 0, timer, conn = null, refused = 0, tries = 0, stopped = false;

  let said = 0;
  const say = (text, now) => {
    const s = d.getElementById('sr-status');
    if (!s || !text || (!now && Date.now() - said < 10000)) return;
    said = Date.now();
    s.textContent = text;
  };

  // Nothing is told for four seconds; then a banner and one sentence.
  const up = e => {
    conn = e.detail.connection;
    last = Date.now();
    refused = tries = lost = 0;
    clearTimeout(timer);
    dot?.classList.remove('off');
    if (banner && !banner.hidden) { banner.hidden = true; say(words.back, true); }
  };
  const down = () => {
    if (lost) return;
    lost = Date.now();
    dot?.classList.add('off');
    timer = setTimeout(() => { if (banner) banner.hidden = false; say(words.lost, true); }, 4000);
  };
  const stop = () => { stopped = true; down(); conn?.reader?.cancel(); };
  const leave = () => { stopped = true; location.assign(words.login); };
  // Signed out is not an outage; a list that is not ours is refused for good.
  const bad = status => {
    if (status === 401) leave();
    else if (status === 403 && ++refused >= 3) stop();
    return stopped;
  };

  live.addEventListener('htmx:sse:before:connection', e => { if (stopped) e.detail.connection.cancelled = true; });
  live.addEventListener('htmx:sse:after:connection', up);
  live.addEventListener('htmx:sse:before:message', () => { last = Date.now(); });
  live.addEventListener('htmx:sse:error', e => { down(); bad(e.detail.status); });
  live.addEventListener('htmx:sse:close', down);

  // htmx never repeats a first request that failed: repeat it here, more and more slowly.
  const again = e => {
    if (e.target !== live || live._htmx?.sse) return;
    down();
    if (bad(e.detail.ctx?.response?.status)) return;
    tries = Math.min(tries + 1, 5);
    setTimeout(() => { if (!stopped) htmx.trigger(live, 'app:connect'); }, Math.min(30000, 1000 * 2 ** tries) * (0.7 + Math.random() * 0.6));
  };
  live.addEventListener('htmx:error', again);
  live.addEventListener('htmx:response:error', again);

  // A beat comes every 15 s; 40 s of silence is a dead link: cut it, htmx comes back with the
  // id of the last message it saw.
  const quiet = Number(words.quiet || 40000);
  setInterval(() => {
    if (stopped || d.hidden || !conn?.reader || Date.now() - last <= quiet) return;
    last = Date.now();
    down();
    conn.reader.cancel();
  }, 2000);
  addEventListener('online', () => conn?.delayCanceller?.());
  addEventListener('offline', down);

  // A patched row is washed once and keeps a bar. The class is ours, so a morph takes it off;
  // reading a width between the two lets the wash run again.
  let rows = [];
  live.addEventListener('htmx:before:swap', e => {
    rows = e.detail.tasks.map(t => typeof t.target === 'string' ? d.querySelector(t.target) : t.target).filter(t => t?.matches?.('[data-status]')).map(t => t.id);
  });
  live.addEventListener('htmx:after:swap', () => {
    for (const id of rows) {
      const row = d.getElementById(id);
      if (!row) continue;
      row.classList.remove('is-changed');
      void row.offsetWidth;
      row.classList.add('is-changed');
    }
    rows = [];
  });

  // A patch for a row that is not on the page: a detail region that shows it is fetched anew; a
  // list at its first page takes it in at its place, unless somebody points at it, works in it
  // or has scrolled on; otherwise a line above the list counts it.
  const fresh = new Map();
  const count = (list, id) => {
    const box = d.querySelector(`[data-fresh="${CSS.escape(list)}"]`);
    if (!box) return;
    const ids = fresh.get(list) ?? fresh.set(list, new Set()).get(list);
    ids.add(id);
    const text = (ids.size === 1 ? box.dataset.one : box.dataset.many).replace('{n}', ids.size.toLocaleString(root.lang));
    box.querySelector('[data-fresh-text]').textContent = text;
    box.hidden = false;
    say(text);
  };
  const forget = list => {
    fresh.delete(list);
    const box = d.querySelector(`[data-fresh="${CSS.escape(list)}"]`);
    if (box) box.hidden = true;
  };
  const fetchAnew = el => htmx.ajax('GET', el.dataset.src || location.pathname + location.search,
    { source: el, target: el, select: '#' + CSS.escape(el.id), swap: 'outerMorph ignoreTitle:true' });
  live.addEventListener('htmx:before:swap', e => {
    for (const t of e.detail.tasks) {
      const row = t.fragment?.querySelector?.('[data-status][id]');
      if (!row) continue;
      const list = row.id.slice(0, row.id.lastIndexOf('-'));
      // A region may show one row, or what the whole list comes to.
      for (const el of d.querySelectorAll(`[data-row~="${CSS.escape(row.id)}"], [data-row="${CSS.escape(list)}"]`)) fetchAnew(el);
      const rows = (t.target?.closest ? t.target.closest('[data-rows]') : null) ?? d.querySelector(`[data-rows="${CSS.escape(list)}"]`);
      if (!rows) continue;
      const fits = rows.dataset.tab?.split(' ').includes(row.dataset.tab) ?? true;
      if (t.target) { row.classList.toggle('is-moved', !fits); continue; }
      if (!fits) continue;
      // Ids sort by age as rows do, unless rows name a key. What comes after the last row
      // stands on a later page.
      const key = r => r.dataset.key ?? r.id;
      const next = [...rows.children].find(r => rows.dataset.insert === 'bottom' ? key(row) < key(r) : key(row) > key(r));
      if (!next && rows.childElementCount && 'more' in rows.dataset) continue;
      const region = rows.closest('[data-list]') ?? rows;
      const calm = !region.matches(':hover') && !region.contains(d.activeElement) && !rows.querySelector(':checked') && region.getBoundingClientRect().top > -200;
      if (!rows.dataset.insert || !calm) { count(list, row.id); continue; }
      t.target = next ?? rows;
      t.swapSpec = { ...t.swapSpec, style: next ? 'beforebegin' : 'beforeend' };
      row.classList.add('is-new');
      if (rows.dataset.insert !== 'bottom' && rows.childElementCount >= 200) rows.lastElementChild.remove();
      region.querySelector('.empty')?.remove();
    }
  });

  // Something was missed: every region showing one of the lists is fetched again and morphed.
  live.addEventListener('resync', e => {
    const names = new Set((e.detail.data ?? '').split(',').map(s => s.trim()).filter(Boolean));
    for (const el of d.querySelectorAll('[data-list][id]')) {
      if (names.size && !names.has(el.dataset.list)) continue;
      fetchAnew(el);
      forget(el.dataset.list);
    }
  });

  // A region that time alone changes says in how many seconds.
  const due = new Map();
  setInterval(() => {
    for (const el of d.querySelectorAll('[data-in]')) {
      due.set(el, Date.now() + el.dataset.in * 1000);
      el.removeAttribute('data-in');
    }
    for (const [el, at] of due) if (Date.now() >= at) {
      due.delete(el);
      if (el.isConnected) fetchAnew(el);
    }
  }, 1000);

  live.addEventListener('bye', leave);
})();
