import { whenIdle } from '../../lib/idle';

const gestures = ['pointerdown', 'keydown'] as const;
const longestWaitMs = 30_000;

let context: AudioContext | null = null;

/** Makes ready for the first tone: that takes long, and is done while the page has nothing else to do. Answers how to call it off. */
export function prepareSound(): () => void {
  const onGesture = () => {
    end();
    whenIdle(() => {
      context ??= new AudioContext();
      void context.suspend();
    }, longestWaitMs);
  };
  const end = () => {
    for (const gesture of gestures) removeEventListener(gesture, onGesture, true);
  };
  for (const gesture of gestures) addEventListener(gesture, onGesture, true);
  return end;
}

/** Two soft tones, made here: nothing is fetched. Before the person has touched the page, browsers keep it silent. */
export function play(): void {
  if (navigator.userActivation?.hasBeenActive === false) return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
  const start = context.currentTime + 0.02;
  for (const [at, pitch] of [
    [0, 660],
    [0.11, 880],
  ] as const) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = 'sine';
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start + at);
    volume.gain.linearRampToValueAtTime(0.08, start + at + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + at + 0.22);
    tone.connect(volume).connect(context.destination);
    tone.start(start + at);
    tone.stop(start + at + 0.25);
  }
}
