import type { ReactNode } from 'react';

/** The page of someone who is not signed in yet: one column, the name, nothing else. */
export function Frame({ title, children, lead }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <main className="gate">
      <div className="gate-column">
        <p className="wordmark">Parley</p>
        <h1>{title}</h1>
        {lead && <p className="gate-lead">{lead}</p>}
        {children}
      </div>
    </main>
  );
}
