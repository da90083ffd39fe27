'use client';
import { written } from './keys';

const mac = (): boolean => /Mac|iP(hone|ad)/.test(navigator.platform);

/** The keys of a shortcut. */
export function Shortcut({ keys }: { keys: string }) {
  return (
    <span className="shortcut" dir="ltr">
      {written(keys, mac()).map((together) => (
        <span key={together.join('+')} className="shortcut-press">
          {together.map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}
        </span>
      ))}
    </span>
  );
}
