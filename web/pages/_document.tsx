import { Head, Html, Main, NextScript } from 'next/document';

/** What the exported page says before any script of it runs. */
export default function Document() {
  return (
    <Html lang="en">
      <Head>
        <meta name="description" content="Every messaging network in one place" />
        <link rel="icon" href="/icon.svg" />
        <link rel="apple-touch-icon" href="/icons/apple-180.png" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <meta name="mobile-web-app-capable" content="yes" />
        <meta name="apple-mobile-web-app-title" content="Parley" />
        <meta name="apple-mobile-web-app-status-bar-style" content="default" />
        <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f6f7f7" />
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#15191b" />
        {/* Not deferred: it must run before the first paint. */}
        <script src="/theme.js" />
      </Head>
      <body>
        <Main />
        <NextScript />
      </body>
    </Html>
  );
}
