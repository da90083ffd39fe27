import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import '../styles/index.css';

export const metadata: Metadata = {
  title: 'Parley',
  description: 'Every messaging network in one place',
  icons: { icon: '/icon.svg', apple: '/icons/apple-180.png' },
  manifest: '/manifest.webmanifest',
  appleWebApp: { capable: true, title: 'Parley', statusBarStyle: 'default' },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  interactiveWidget: 'resizes-content',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f7f7' },
    { media: '(prefers-color-scheme: dark)', color: '#15191b' },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* Not deferred: it must run before the first paint. */}
        <script src="/theme.js" />
      </head>
      <body>{children}</body>
    </html>
  );
}
