import Head from 'next/head';
import Router from 'next/router';
import { useLayoutEffect } from 'react';
import { App } from '../features/shell/app';

export default function Page() {
  useLayoutEffect(leaveTheFragmentAlone, []);
  return (
    <>
      <Head>
        <title>Parley</title>
        <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
      </Head>
      <App />
    </>
  );
}

/** It is ours (`lib/router.ts`). The router of Next would draw the whole page anew, and scroll it, with every step back. */
function leaveTheFragmentAlone(): void {
  if (Router.router) window.removeEventListener('popstate', Router.router.onPopState);
}
