'use client';
import type { Terms } from './choice';
import { channelName, type Way } from './ways';

const minuteChoices = [1, 2, 5, 10, 15, 30, 60, 240];

/** The fallback as a sentence one can edit. */
export function TermsLine({ ways, terms, onChange }: { ways: Way[]; terms: Terms; onChange: (terms: Terms) => void }) {
  const [first, ...rest] = ways.map((way) => channelName[way.channel]);
  return (
    <span className="terms">
      {capital(first)} first; then {rest.join(', then ')}, each unless the one before is{' '}
      <select
        aria-label="Proof to wait for"
        value={terms.unless}
        onChange={(event) => onChange({ ...terms, unless: event.target.value === 'read' ? 'read' : 'delivered' })}
      >
        <option value="delivered">delivered</option>
        <option value="read">read</option>
      </select>{' '}
      within{' '}
      <select
        aria-label="Time to wait"
        value={terms.minutes}
        onChange={(event) => onChange({ ...terms, minutes: Number(event.target.value) })}
      >
        {minuteChoices.map((minutes) => (
          <option key={minutes} value={minutes}>
            {minutes < 60 ? `${minutes} min` : `${minutes / 60} h`}
          </option>
        ))}
      </select>
      .
    </span>
  );
}

const capital = (text = ''): string => text.charAt(0).toUpperCase() + text.slice(1);
