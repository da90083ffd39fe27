'use client';
import { useEffect, useLayoutEffect, useState } from 'react';
import { takeOver } from '../../lib/first-screen/take-over';
import { loadTexts, t } from '../../lib/i18n';
import { keepInstallOffer } from '../../lib/install';
import { adoptLink } from '../../lib/router';
import { useSession } from '../../lib/sync/hooks';
import { startSession } from '../../lib/sync/session';
import { startWorker } from '../../lib/worker';
import { Boundary } from '../../ui/boundary';
import { SetUp } from '../session/set-up';
import { SignIn } from '../session/sign-in';
import { Unreachable } from '../session/unreachable';
import { Shell } from './shell';

/** It fetches the whole page once more: not while the first screen is being made. */
const workerRestMs = 3000;

/** One page; what it shows follows from the session and the fragment of the address. */
export function App() {
  const session = useSession();
  const [readable, setReadable] = useState(false);
  // Before Next looks at the address, which it would put back.
  useLayoutEffect(adoptLink, []);
  useEffect(() => {
    keepInstallOffer();
    void startSession();
    void loadTexts().then(() => setReadable(true));
    const timer = setTimeout(startWorker, workerRestMs);
    return () => clearTimeout(timer);
  }, []);
  const elsewhere = readable && session.is !== 'starting' && session.is !== 'signed-in';
  useLayoutEffect(() => {
    if (elsewhere) takeOver();
  }, [elsewhere]);
  if (!readable) return <Starting />;
  switch (session.is) {
    case 'starting':
      return <Starting />;
    case 'setup':
      return <SetUp />;
    case 'signed-out':
      return <SignIn />;
    case 'unreachable':
      return <Unreachable />;
    case 'signed-in':
      return (
        <Boundary>
          <Shell />
        </Boundary>
      );
  }
}

function Starting() {
  return <div className="starting" role="status" aria-label={t('common.loading')} />;
}
