import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { Visitor } from '../../test/support/browser.ts';

const folder = path.resolve(process.env.SCREENSHOTS ?? 'docs/screenshots');

/**
 * The client uses the font of whatever system it is on. So that the pictures do not depend on where they are taken,
 * that is Inter here, for browsers started from now on; answers how to end that.
 */
export function useFonts(): () => void {
  const own = mkdtempSync(path.join(os.tmpdir(), 'parley-fonts-'));
  const package_ = (name: string) => path.resolve('node_modules/@expo-google-fonts', name);
  const prefer = (family: string) =>
    `<match target="pattern"><test name="family"><string>${family}</string></test><edit name="family" mode="prepend" binding="strong"><string>Inter</string><string>Noto Sans Arabic</string></edit></match>`;
  const file = path.join(own, 'fonts.conf');
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
    ${['inter', 'noto-sans-arabic'].map((name) => `<dir>${package_(name)}</dir>`).join('')}
    <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
    <cachedir>${own}</cachedir>${['system-ui', 'sans-serif', 'sans'].map(prefer).join('')}</fontconfig>`,
  );
  process.env.FONTCONFIG_FILE = file;
  return () => rmSync(own, { recursive: true, force: true });
}

/** Keeps what is seen now as a picture of the documentation. */
export async function keep({ page }: Visitor, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.webp`);
  await sharp(await page.screenshot())
    .webp({ quality: 82, effort: 6, smartSubsample: true })
    .toFile(file);
  console.log(`${path.relative('.', file)}  ${Math.round(statSync(file).size / 1024)} KiB`);
}
