// A door board stands for months: its clock, what time alone changes, and what it says when the
// line is gone. Rows come by live.js as on any page.
(() => {
  const d = document, page = d.querySelector('[data-board]'), live = d.getElementById('live');
  if (!page || !live) return;
  const room = () => page.querySelector('.board-room'), lost = d.getElementById('conn');
  const quiet = Number(live.dataset.quiet || 40000) * 1.5;
  const hours = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: page.dataset.zone });
  let ahead = 0, heard = Date.now(), asked = 0, seen, dead = false;

  // The tablet's clock may be wrong: what is drawn says what time it was.
  const set = () => {
    const at = room()?.dataset.now;
    if (at && at !== seen) { seen = at; ahead = Number(at) - Date.now(); }
  };
  const hear = () => { heard = Date.now(); };
  const gone = status => { if (status === 404) location.reload(); };

  const tick = () => {
    const el = room(), now = Date.now() + ahead;
    if (!el) return;
    const text = (e, s) => { if (e && e.textContent !== s) e.textContent = s; };
    text(el.querySelector('[data-clock]'), hours.format(now));
    for (const e of el.querySelectorAll('[data-left]')) text(e, e.dataset.text.replace('{n}', Math.max(0, Math.ceil((e.dataset.left - now) / 60000))));
    const line = el.querySelector('[data-from]');
    line?.setAttribute('x', Math.min(Math.max(Math.round((now - line.dataset.from) / 60000), 0), line.dataset.width));

    // Silence that live.js has not noticed, or that was over before it did.
    const silent = Date.now() - heard > quiet;
    if (dead && !silent) lost.hidden = true;
    dead = silent;
    const off = silent || !lost.hidden;
    d.documentElement.classList.toggle('is-offline', off);
    if (off) {
      text(lost, lost.dataset.text.replace('{time}', hours.format(heard + ahead)));
      lost.hidden = false;
    }
    const due = Number(el.dataset.refreshAt);
    if (due && now > due + 300 && Date.now() - asked > 5000) {
      asked = Date.now();
      htmx.ajax('GET', location.pathname + location.search, { source: el, target: el, select: '#' + CSS.escape(el.id), swap: 'outerMorph ignoreTitle:true' });
    }
  };

  live.addEventListener('htmx:sse:after:connection', hear);
  live.addEventListener('htmx:sse:before:message', hear);
  live.addEventListener('htmx:sse:error', e => gone(e.detail.status));
  d.addEventListener('htmx:response:error', e => gone(e.detail.ctx?.response?.status));
  d.addEventListener('htmx:after:swap', set);
  set();
  tick();
  setInterval(tick, 1000);
})();
