import { errorText } from '../core/log.js';
import type { Config } from '../infra/config/config.js';
import type { Lifetime } from '../infra/lifetime.js';
import { checkHost } from '../infra/net/addresses.js';
import { createGuardedFetch } from '../infra/net/guarded-fetch.js';
import { PageReader } from '../infra/net/page-reader.js';
import { RemoteImages } from '../infra/net/remote-images.js';
import { createWebhookCaller } from '../infra/webhooks/caller.js';
import { AdapterError } from '../sdk/index.js';

type Named = ConstructorParameters<typeof RemoteImages>[0];

/** What asks other servers, each with the addresses it may ask. */
export function reachOut(config: Config, imagesNamed: Named, lifetime: Lifetime) {
  const policy = { allowPrivate: config.allowPrivateServers };
  const web = createGuardedFetch(policy);
  lifetime.onStop('outgoing requests', () => web.close());
  const webhookCaller = createWebhookCaller(config.webhookHosts);
  lifetime.onStop('calls of webhooks', () => webhookCaller.close());
  const images = new RemoteImages(imagesNamed, config.imageHosts);
  lifetime.onStop('images of other servers', () => images.close());
  const pages = new PageReader(config.imageHosts);
  lifetime.onStop('previews of links', () => pages.close());
  const checkServer = (host: string) =>
    checkHost(host, policy).catch((error) => {
      throw new AdapterError('rejected', errorText(error), { cause: error });
    });
  return { web, checkServer, webhookCaller, images, pages };
}
