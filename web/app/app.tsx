'use client';
import { useEffect } from 'react';
import { SetUp } from '../features/session/set-up';
import { SignIn } from '../features/session/sign-in';
import { Unreachable } from '../features/session/unreachable';
import { Shell } from '../features/shell/shell';
import { useSession } from '../lib/sync/hooks';
import { startSession } from '../lib/sync/session';

/** One page; what it shows follows from the session and the fragment of the address. */
export function App() {
  const session = useSession();
  useEffect(() => void startSession(), []);
  switch (session.is) {
    case 'starting':
      return <div className="starting" role="status" aria-label="Loading" />;
    case 'setup':
      return <SetUp />;
    case 'signed-out':
      return <SignIn />;
    case 'unreachable':
      return <Unreachable />;
    case 'signed-in':
      return <Shell />;
  }
}
