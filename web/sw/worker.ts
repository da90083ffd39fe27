import { NavigationRoute, type PrecacheEntry, Serwist } from 'serwist';
import { sendUnsent } from './outbox';
import { takePushes } from './push';
import { takeShared } from './share';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: every file of the page, with its revision. */
declare const precached: PrecacheEntry[];

const page = '/index.html';

/**
 * The page opens from here, whatever the network does. A new version waits until no window needs the old one, or until a
 * person asks for it; what a window fetches later is of its own version.
 */
const serwist = new Serwist({
  precacheEntries: precached,
  disableDevLogs: true,
  // Where the browser can, these do not wait for this worker to be started.
  requestRules: [
    { condition: { urlPattern: { pathname: '/api/*' } }, source: 'network' },
    { condition: { urlPattern: { pathname: '/_next/static/*' } }, source: 'cache' },
  ],
});
const answerPage = serwist.createHandlerBoundToUrl(page);

serwist.registerRoute(
  new NavigationRoute(async (options) => ((await isSuperseded()) ? again() : answerPage(options)), {
    allowlist: [/^\/(?:index\.html)?(?:\?|$)/],
  }),
);
serwist.registerCapture(({ url, sameOrigin }) => sameOrigin && url.pathname === '/share', takeShared, 'POST');

/** Somebody opens the only window, and a new version is there: it takes over now, and the window is asked to come again. */
async function isSuperseded(): Promise<boolean> {
  const { waiting } = self.registration;
  if (!waiting) return false;
  const windows = await self.clients.matchAll({ type: 'window' });
  if (windows.length > 1) return false;
  waiting.postMessage({ type: 'SKIP_WAITING' });
  return true;
}

const again = () => new Response('', { headers: { refresh: '0' } });

takePushes();
sendUnsent();
serwist.addEventListeners();
