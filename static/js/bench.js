// The packing bench. A scanner is a keyboard that types fast and ends with Enter, and whoever
// packs does not look where the focus is. Scans are sent one after the other, each with a gesture
// of its own, and shown as counted once the server has counted them.
(() => {
  const d = document, $ = css => d.querySelector(css);
  const words = d.getElementById('bench-words')?.dataset;
  if (!words) return;
  const bench = () => d.getElementById('bench'), verdict = () => d.getElementById('verdict');
  const gesture = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');

  // How it sounds and looks is kept by the browser of the bench.
  const set = { volume: 2, visual: false, keys: true };
  try { Object.assign(set, JSON.parse(localStorage.getItem('bench'))); } catch { /* as it was */ }
  const fields = () => {
    for (const i of d.querySelectorAll('[name=bench-volume]')) i.checked = Number(i.value) === set.volume;
    $('[name=bench-visual]').checked = set.visual;
    $('[name=bench-keys]').checked = set.keys;
  };
  d.addEventListener('change', e => {
    const i = e.target;
    if (i.name === 'bench-volume') set.volume = Number(i.value);
    else if (i.name === 'bench-visual') set.visual = i.checked;
    else if (i.name === 'bench-keys') set.keys = i.checked;
    else return;
    try { localStorage.setItem('bench', JSON.stringify(set)); } catch { /* for this page only */ }
  });

  // Ears before eyes: right is high, wrong is low and twice, too many is in between and three times.
  const tones = {
    counted: [[1320, 0, .09]], done: [[880, 0, .12], [1320, .14, .22]], undone: [[660, 0, .08], [440, .1, .1]], opened: [[990, 0, .09]],
    wrong: [[170, 0, .2], [170, .26, .26]], over: [[520, 0, .08], [520, .12, .08], [520, .24, .08]],
    unknown: [[330, 0, .1], [250, .12, .1], [330, .24, .14]], other: [[740, 0, .07], [590, .09, .12]],
    cancelled: [[230, 0, .3], [160, .34, .5]], taken: [[440, 0, .12], [370, .14, .2]], closed: [[620, 0, .2]],
    waiting: [[400, 0, .1], [400, .2, .1]], missing: [[480, 0, .12]], nothing: [[300, 0, .12]], refused: [[200, 0, .3]],
  };
  const good = new Set(['counted', 'done', 'undone', 'opened']);
  let audio;
  const loud = () => !set.visual && set.volume && window.AudioContext;
  const play = tone => {
    if (set.visual) return;
    if (!good.has(tone) && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(tone === 'wrong' || tone === 'cancelled' ? [180, 60, 180] : 120);
    if (!loud()) return;
    audio ??= new AudioContext();
    if (audio.state === 'suspended') audio.resume();
    for (const [hz, from, long] of tones[tone] ?? []) {
      const o = audio.createOscillator(), g = audio.createGain(), t = audio.currentTime + from;
      o.type = good.has(tone) ? 'sine' : 'square';
      o.frequency.value = hz;
      g.gain.setValueAtTime([0, .04, .14, .4][set.volume], t);
      g.gain.exponentialRampToValueAtTime(.001, t + long);
      o.connect(g).connect(audio.destination);
      o.start(t);
      o.stop(t + long);
    }
  };
  // It takes a tenth of a second until there is sound; that is over when the first scan is answered.
  for (const ev of ['keydown', 'pointerdown']) addEventListener(ev, () => setTimeout(() => { if (loud()) audio ??= new AudioContext(); }), { once: true, capture: true });
  // The whole screen is red or amber until the next scan or Esc; other colours pass.
  const screen = d.getElementById('bench-flash');
  let passing;
  const calm = () => { clearTimeout(passing); screen.hidden = true; };
  const flash = (family, stays) => {
    calm();
    if (!family) return;
    screen.className = 'bench-flash ' + family;
    screen.hidden = false;
    if (!stays) passing = setTimeout(calm, 600);
  };
  const feel = (tone, family, whole) => {
    play(tone);
    flash(whole || (set.visual ? family : ''), whole === 'r' || whole === 'w');
  };
  const family = () => verdict().classList.item(1) ?? '';
  const tell = (head, more, tone) => {
    const v = verdict(), box = v.querySelector('div');
    const line = (tag, text) => Object.assign(d.createElement(tag), { textContent: text });
    v.className = 'bench-verdict r';
    v.setAttribute('role', 'alert');
    box.replaceChildren(line('strong', head), ...(more ? [line('span', more)] : []));
    feel(tone, 'r', '');
  };

  // The line to the server. What has been scanned is sent again, as the same gesture, until it is
  // answered; as long as that is not so, nothing more is taken.
  const jobs = [];
  let busy = false, offline = false, wake = () => {};
  const lost = is => {
    if (is && !offline) tell(words.offline, words.offlineDo, 'refused');
    offline = is;
    bench().classList.toggle('offline', is);
  };
  const show = () => {
    const n = jobs.filter(j => j.body).length, p = d.getElementById('bench-pending');
    if (!p) return;
    p.hidden = !n;
    p.textContent = n ? words.pending.replace('{n}', n) : '';
  };
  const pause = ms => new Promise(done => { const t = setTimeout(done, ms); wake = () => { clearTimeout(t); done(); }; });
  const run = async () => {
    if (busy) return;
    busy = true;
    for (let tries = 0; jobs.length;) {
      const job = jobs[0];
      job.url ??= job.at();
      let res, text;
      try {
        res = await fetch(job.url, { method: job.body ? 'POST' : 'GET', headers: { 'HX-Request': 'true', ...(job.body && { 'Content-Type': 'application/x-www-form-urlencoded' }) }, body: job.body, signal: AbortSignal.timeout(10000) });
        text = await res.text();
      } catch { res = null; }
      if (job.body && (!res || [429, 502, 503, 504].includes(res.status))) {
        lost(true);
        await pause(Math.min(5000, 300 * 2 ** tries++));
        continue;
      }
      tries = 0;
      if (res) { lost(false); await answered(job, res, text); }
      jobs.shift();
      show();
    }
    busy = false;
  };
  const send = job => { jobs.push(job); show(); run(); };

  const contents = () => [...d.querySelectorAll('.bench-line')].map(l => l.id + l.dataset.qty).sort().join();
  const answered = async (job, res, text) => {
    const to = res.headers.get('HX-Redirect'), here = res.headers.get('Bench');
    if (to) { jobs.length = 0; location.assign(to); return; }
    if (!here) { if (job.body) tell(words.failed, '', 'refused'); return; }
    const task = bench().dataset.task, was = contents();
    await htmx.swap({ text, sourceElement: d.body, target: d.body, swap: 'none' });
    fields();
    if (here !== location.pathname) history.replaceState(null, '', here);
    const work = d.getElementById('bench-work'), v = verdict();
    const card = d.querySelector(`#queue-${CSS.escape(bench().dataset.task)} [data-units]`);
    if (card) card.textContent = work.dataset.units;
    if (bench().dataset.task !== task) {
      calm();
      for (const x of d.querySelectorAll('dialog[open]')) x.close();
      scrollTo(0, 0);
    } else if (!job.body && was !== contents()) tell(words.changed, '', 'over');
    if (job.gesture && v.dataset.gesture === job.gesture || v.dataset.tone === 'refused') feel(v.dataset.tone, family(), v.dataset.flash);
    const problem = d.getElementById('problem');
    if (problem?.open && res.redirected) {
      if (job.url.endsWith('/shortage')) problem.open = false;
      else problem.querySelector('select').focus();
    }
  };

  const scan = code => {
    calm();
    if (!offline && navigator.onLine === false) lost(true);
    if (offline) { tell(words.offline, words.offlineDo, 'refused'); return; }
    const g = gesture();
    send({ at: () => location.pathname + '/scan', gesture: g, body: String(new URLSearchParams({ code, gesture: g })) });
  };
  d.addEventListener('submit', e => {
    const f = e.target;
    if (!f.matches('[data-bench]')) return;
    e.preventDefault();
    const form = new URLSearchParams(new FormData(f, e.submitter)), id = gesture();
    if (f.elements.code) {
      f.elements.code.value = '';
      if (form.get('code').trim()) scan(form.get('code').trim());
      return;
    }
    if (offline) { tell(words.offline, words.offlineDo, 'refused'); return; }
    form.delete('idempotencyKey');
    const same = f.getAttribute('action') + form;
    if (!form.has('gesture') && jobs.some(j => j.same === same)) return;
    form.set(form.has('gesture') ? 'gesture' : 'idempotencyKey', id);
    calm();
    send({ url: f.getAttribute('action'), gesture: id, body: String(form), same });
  }, true);
  addEventListener('beforeunload', e => { if (jobs.some(j => j.gesture && j.body)) e.preventDefault(); });

  // Keys less than 40 ms apart are a scanner's. What it typed into a field is taken out again. The
  // keys say which letter it is where an input method makes another of it.
  const within = 40, least = 3;
  const marks = { Minus: '-_', NumpadSubtract: '--', Period: '.>', NumpadDecimal: '..', Slash: '/?', NumpadDivide: '//', Space: '  ', Equal: '=+', NumpadAdd: '++', Comma: ',<', Semicolon: ';:' };
  const letter = e => {
    if (e.key.length === 1 && e.key >= ' ' && e.key <= '~') return e.key;
    if (e.key.length === 1 || e.key === 'Process' || e.isComposing) {
      const [, key] = /^Key([A-Z])$/.exec(e.code) ?? [], [, digit] = /^(?:Digit|Numpad)(\d)$/.exec(e.code) ?? [];
      return key ? (e.shiftKey ? key : key.toLowerCase()) : digit ?? marks[e.code]?.[Number(e.shiftKey)] ?? '';
    }
    return '';
  };
  const typing = el => el?.matches?.('input:not([type=radio], [type=checkbox]), textarea, select');
  let keys = '', last = 0, field = null, command;
  addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const quick = e.timeStamp - last < within, end = /^(?:Enter|NumpadEnter|Tab)$/.test(e.code || e.key);
    if (end) {
      const code = quick && keys.length >= least ? keys.trim() : '';
      keys = '';
      if (code) {
        e.preventDefault();
        e.stopImmediatePropagation();
        clearTimeout(command);
        clean(e.isComposing || e.key === 'Process');
        scan(code);
      } else if (!e.repeat && e.key === 'Enter' && free(e.target) && !e.target.closest('a, button, summary, label, input')) {
        e.preventDefault();
        press('.bench-line.next [value="1"]');
      }
      return;
    }
    if (e.key === 'Escape') { keys = ''; return escape(e); }
    const c = letter(e);
    if (!c || e.repeat) return;
    if (!quick || !keys) { keys = ''; field = typing(e.target) ? { el: e.target, value: e.target.value } : null; }
    keys += c;
    last = e.timeStamp;
    clearTimeout(command);
    if (keys.length === 1 && set.keys && free(e.target)) command = setTimeout(act, within + 20, c.toLowerCase());
  }, true);
  const clean = composing => {
    const f = field;
    if (!f) return;
    const back = () => { if (f.el.value !== f.value) f.el.value = f.value; };
    back();
    if (composing) { f.el.blur(); setTimeout(back); }
  };

  // A single key does something only while nobody types, and after it is clear that no scan follows.
  const free = el => !typing(el) && !$('dialog[open], [popover]:popover-open');
  const press = css => { const b = $(css); if (b) b.form.requestSubmit(b); };
  const act = c => {
    if (c === '?') d.getElementById('bench-help').showModal();
    else if (/^[1-4]$/.test(c)) press(`[name=box][value="${c}"]`);
    else press(({ u: '[data-do=undo] button', p: '[data-do=slip] button', n: '[data-do=next] button' })[c] ?? 'none');
  };
  const escape = e => {
    if (!screen.hidden) { e.preventDefault(); calm(); return; }
    if ($('dialog[open], [popover]:popover-open')) return;
    if (typing(e.target)) e.target.blur();
    else location.assign(d.getElementById('bench-close').href);
  };
  d.addEventListener('click', e => {
    const b = e.target.closest?.('[data-test]');
    if (b) feel(b.dataset.test, b.dataset.look, '');
  });

  // What others do is fetched in its turn, so that it never comes before one's own scans. That the
  // order is cancelled is told at once.
  let due;
  const refresh = (ms, asked = performance.now()) => {
    clearTimeout(due);
    due = setTimeout(() => {
      const now = performance.now();
      if (jobs.some(j => !j.body)) return;
      if ((jobs.length || now - last < 300) && now - asked < 2000) refresh(150, asked); // the packer scans
      else send({ at: () => location.pathname });
    }, ms);
  };
  const stop = () => {
    const s = d.getElementById('bench-stop');
    if (s.open) return;
    s.showModal();
    feel('cancelled', 'r', 'r');
  };
  const live = d.getElementById('live');
  live?.addEventListener('htmx:before:swap', e => {
    for (const t of e.detail.tasks) {
      const row = t.fragment?.querySelector?.('[data-status][id^="packing-"]');
      if (!row) continue;
      const own = row.id === 'packing-' + bench().dataset.task;
      if (own && /^(?:CANCELLED|UNPACKING)$/.test(row.dataset.status) && /^(?:REQUESTED|IN_PROGRESS|PACKED)$/.test(bench().dataset.status)) stop();
      refresh(own ? 0 : 250);
    }
  });
  live?.addEventListener('resync', () => refresh(0));
  const back = () => { wake(); if (offline && !jobs.length) { lost(false); refresh(0); } };
  live?.addEventListener('htmx:sse:after:connection', back);
  addEventListener('online', back);
  setInterval(() => { if (!d.hidden && !jobs.length && $('[data-busy]')) refresh(0); }, 5000);

  // The field has the focus for those without a script; with one it would only swallow the single
  // keys.
  const leave = () => { const f = d.activeElement; if (f?.id === 'scan' && !f.value) f.blur(); };
  let fresh = true;
  for (const ev of ['keydown', 'pointerdown']) addEventListener(ev, () => { fresh = false; }, { once: true, capture: true });
  d.addEventListener('focusin', () => { if (fresh) leave(); });
  leave();
  requestAnimationFrame(() => requestAnimationFrame(leave));
  fields();
})();
