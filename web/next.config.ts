import type { NextConfig } from 'next';

/** A static export: the gateway serves `web/out` on its own port, next to the API. */
const config: NextConfig = {
  output: 'export',
  images: { unoptimized: true },
  reactStrictMode: true,
  poweredByHeader: false,
  experimental: { externalDir: true },
};

export default config;
