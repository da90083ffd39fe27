import { toneFile } from './tones';

let sound: HTMLAudioElement | null = null;

/**
 * Two soft tones, made here: nothing is fetched. A file of them is played, and not an `AudioContext`, whose beginning holds up the
 * page. Before the person has touched the page, browsers keep it silent.
 */
export function play(): void {
  if (navigator.userActivation?.hasBeenActive === false) return;
  sound ??= new Audio(URL.createObjectURL(toneFile()));
  sound.currentTime = 0;
  // A browser that wants a touch first, or has nothing to play it on.
  sound.play().catch(() => {});
}
