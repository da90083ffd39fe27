import { Head, Html, Main, NextScript } from 'next/document';

/** What the exported page says before any script of it runs. */
export default function Document() {
  return (
    <Html lang="en">
      <Head>
        <meta name="description" content="Every messaging network in one place" />
        {/* No drawing: the browser would read that anew with each change of the address. */}
        <link rel="icon" href="/icons/48.png" sizes="48x48" type="image/png" />
        <link rel="apple-touch-icon" href="/icons/apple-180.png" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <meta name="mobile-web-app-capable" content="yes" />
        <meta name="apple-mobile-web-app-title" content="Parley" />
        <meta name="apple-mobile-web-app-status-bar-style" content="default" />
        <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f6f7f7" />
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#15191b" />
      </Head>
      <body>
        {/* It must run before the first paint, and finds the style sheet there: the build puts its text here. */}
        <script src="/first.js" />
        <Main />
        <NextScript />
      </body>
    </Html>
  );
}
