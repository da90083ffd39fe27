import type { Account } from '../../lib/api/types';
import { CopyLine } from './copy-line';

/** What is left to enter at the network's own side, such as the address it is to call. */
export function SetupLines({ account }: { account: Account }) {
  if (!account.setup) return null;
  return (
    <details className="setup-lines">
      <summary>To be entered at the gateway</summary>
      {account.setup.map(({ label, value }) => (
        <CopyLine key={label} label={label} value={value} />
      ))}
    </details>
  );
}
