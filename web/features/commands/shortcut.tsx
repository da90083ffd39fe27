'use client';
import { onMac } from '../../lib/keys';
import { written } from './keys';

/** The keys of a shortcut. */
export function Shortcut({ keys }: { keys: string }) {
  return (
    <span className="shortcut" dir="ltr">
      {written(keys, onMac()).map((together) => (
        <span key={together.join('+')} className="shortcut-press">
          {together.map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}
        </span>
      ))}
    </span>
  );
}
