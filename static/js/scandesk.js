// Desks where codes are scanned into a form. A wedge scanner is a keyboard that types fast and
// ends with Enter; its scans are sent one after the other, each with a key of its own, until the
// server has answered: none is lost, none counts twice. The form itself is never drawn anew,
// because the next scan may be half typed.
(() => {
  const d = document, form = d.getElementById('desk-form');
  if (!form) return;
  const { code, qty, receipt } = form.elements, note = d.getElementById('desk-queue'), queue = [];
  const answer = () => d.getElementById(form.dataset.answer);
  const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');
  const say = lost => { note.textContent = lost ? note.dataset.lost : queue.length ? note.dataset.some.replace('{n}', queue.length) : ''; };
  const pause = ms => new Promise(done => setTimeout(done, ms));

  let busy = false;
  const run = async () => {
    if (busy) return;
    busy = true;
    for (let tries = 0; queue.length;) {
      // The receipt of the first scan is known when that is answered.
      if (receipt) queue[0].set('receipt', answer().dataset.receipt);
      let res, text;
      try {
        res = await fetch(form.action, { method: 'POST', body: queue[0], signal: AbortSignal.timeout(10000) });
        text = await res.text();
      } catch { res = null; }
      if (!res || [429, 502, 503, 504].includes(res.status)) {
        say(true);
        await pause(Math.min(5000, 300 * 2 ** tries++));
        continue;
      }
      tries = 0;
      // Signed out, or not the desk's any more: the page that says so, with what was not sent.
      if (!text.includes(`id="${answer().id}"`)) { location.reload(); return; }
      queue.shift();
      await htmx.swap({ text, sourceElement: d.body, target: answer(), select: '#' + answer().id, swap: 'outerHTML' });
      if (receipt) receipt.value = answer().dataset.receipt;
      if (res.ok) history.replaceState(null, '', res.url);
      beep(answer().dataset.tone);
      say();
    }
    busy = false;
  };
  const send = text => {
    if (!text.trim()) return;
    const body = new URLSearchParams(new FormData(form));
    body.set('code', text);
    body.set('idempotencyKey', key());
    queue.push(body);
    if (qty) qty.value = qty.defaultValue = '1';
    say();
    run();
  };
  form.addEventListener('submit', e => {
    e.preventDefault();
    e.stopImmediatePropagation();
    const text = code.value;
    code.value = '';
    code.focus();
    send(text);
  }, true);

  // Caught wherever the focus is, so that nobody has to look at the screen first.
  let buf = '', at = 0;
  d.addEventListener('keydown', e => {
    if (e.target.closest?.('dialog,input,textarea,select') || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.timeStamp - at > 60) buf = '';
    at = e.timeStamp;
    if (e.key.length === 1) buf += e.key;
    else if ((e.key === 'Enter' || e.key === 'Tab') && buf.length >= 4) {
      e.preventDefault();
      send(buf);
      buf = '';
    }
  });

  // Ears before eyes: right is high and once, wrong is low and twice.
  let audio;
  const beep = tone => {
    if (!tone || !window.AudioContext) return;
    audio ??= new AudioContext();
    for (const [hz, from] of tone === 'ok' ? [[1320, 0]] : [[180, 0], [180, 0.24]]) {
      const o = audio.createOscillator(), g = audio.createGain(), t = audio.currentTime + from;
      o.frequency.value = hz;
      g.gain.setValueAtTime(0.15, t);
      g.gain.exponentialRampToValueAtTime(0.001, t + 0.15);
      o.connect(g).connect(audio.destination);
      o.start(t);
      o.stop(t + 0.15);
    }
  };
})();
