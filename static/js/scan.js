// The packing bench: a wedge scanner is a keyboard that types fast and ends with Enter.
(() => {
  const d = document, scan = d.getElementById('scan');
  if (!scan) return;
  const form = scan.form;

  // Caught wherever the focus is, so that nobody has to look at the screen first.
  let buf = '', at = 0;
  d.addEventListener('keydown', e => {
    if (e.target === scan || e.target.closest?.('dialog,input,textarea,select') || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.timeStamp - at > 60) buf = '';
    at = e.timeStamp;
    if (e.key.length === 1) buf += e.key;
    else if ((e.key === 'Enter' || e.key === 'Tab') && buf.length >= 4) {
      e.preventDefault();
      scan.value = buf;
      buf = '';
      form.requestSubmit();
    }
  });

  // Every scan is a gesture of its own: sent twice it counts once, scanned twice it counts twice.
  form.addEventListener('submit', () => { if (form.elements.gesture) form.elements.gesture.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`; }, true);
  // htmx has taken the fields by now; the next scan may come while this one is on its way.
  form.addEventListener('htmx:config:request', () => { scan.value = ''; });

  // Ears before eyes: right is high, wrong is low and twice, too many is in between.
  let audio;
  addEventListener('keydown', () => { audio ??= window.AudioContext && new AudioContext(); }, { once: true });
  const tones = { ok: [[1320, 0, 0.09]], wrong: [[180, 0, 0.18], [180, 0.24, 0.22]], over: [[520, 0, 0.08], [520, 0.12, 0.08], [520, 0.24, 0.08]], done: [[880, 0, 0.12], [1320, 0.14, 0.2]] };
  const play = kind => {
    if (kind !== 'ok' && kind !== 'done') navigator.vibrate?.(200);
    for (const [hz, from, len] of audio ? tones[kind] ?? [] : []) {
      const o = audio.createOscillator(), g = audio.createGain(), t = audio.currentTime + from;
      o.frequency.value = hz;
      g.gain.setValueAtTime(0.15, t);
      g.gain.exponentialRampToValueAtTime(0.001, t + len);
      o.connect(g).connect(audio.destination);
      o.start(t);
      o.stop(t + len);
    }
  };
  form.addEventListener('htmx:after:swap', () => {
    play(d.querySelector('[data-tone]')?.dataset.tone);
    const f = d.activeElement;
    if (!d.querySelector('dialog[open]') && (!f || f === d.body || form.contains(f))) scan.focus({ preventScroll: true });
  });
})();
