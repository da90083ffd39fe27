import { openBrowser } from '../test/support/browser.ts';
import { Parley } from '../test/support/parley.ts';
import { Stage } from '../test/support/stage.ts';
import { useFonts } from './screenshots/camera.ts';
import { chart } from './screenshots/drawn.ts';
import { play } from './screenshots/play.ts';
import { Scene } from './screenshots/scene.ts';
import { firstRun, take } from './screenshots/screens.ts';
import { Story } from './screenshots/story.ts';

/**
 * `npm run screenshots [name…]`: plays some days of somebody's messages on a Parley of its own (IRC, mail and SMS by
 * scripted servers that speak the protocols, Matrix and XMPP on a stage), and takes the pictures of the documentation,
 * all or those whose name begins so; it also writes the ledger of one message as JSON.
 */
async function main(only: string[]): Promise<void> {
  const endFonts = useFonts();
  const stage = await Stage.make('matrix', 'xmpp');
  const [parley, browser] = await Promise.all([
    Parley.start(stage.env),
    openBrowser(
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--force-prefers-reduced-motion',
    ),
  ]);
  const scene = await Scene.start(parley, await chart());
  try {
    parley.token = await firstRun(browser, parley, only);
    const story = new Story(parley, stage);
    await story.begin();
    await take(browser, parley, story, await play(scene), only);
  } finally {
    await browser.close();
    await parley.remove();
    await scene.stop();
    endFonts();
  }
}

await main(process.argv.slice(2));
