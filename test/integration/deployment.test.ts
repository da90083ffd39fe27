import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { serverEnv, serverFlags } from '../../scripts/lib/server-flags.mjs';
import { programPath } from '../../scripts/packages.mjs';
import { labOrSkip } from '../support/lab.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8');

test('the image starts Node as npm start does', () => {
  const image = read('Dockerfile');
  expect(image).toContain(`CMD ${JSON.stringify(['node', ...serverFlags, 'dist/main.js']).replaceAll(',', ', ')}\n`);
  for (const [name, value] of Object.entries(serverEnv)) expect(image).toMatch(new RegExp(`\\b${name}=${value}\\b`));
});

const lab = await labOrSkip([], ['deployment']);

if (lab) {
  describe('docker-compose.yml, as docker-compose reads it', () => {
    const compose = programPath('docker-compose') ?? '';
    const config = (profile: string) =>
      parse(
        execFileSync(compose, ['--profile', profile, 'config'], {
          cwd: root,
          encoding: 'utf8',
          timeout: 30_000,
          env: { PATH: process.env.PATH, POSTGRES_PASSWORD: 'a-password', PARLEY_SECRET_KEY: 'a-key' },
        }),
      ).services;

    test('one container for those who want one', () => {
      const { parley } = config('embedded');
      expect(parley.ports).toEqual(['127.0.0.1:3000:3000/tcp']);
      expect(parley.volumes).toEqual(['data:/data:rw']);
    });

    test('several processes share what must be shared, and Redis keeps what it is given', () => {
      const { api, connector, proxy, redis } = config('scaled');
      for (const one of [api, connector]) {
        expect(one.deploy.replicas).toBeGreaterThan(1);
        expect(one.volumes).toContain('files:/files:rw');
        expect(one.environment).toMatchObject({
          DATABASE_URL: 'postgresql://parley:a-password@postgres:5432/parley',
          REDIS_URL: 'redis://redis:6379',
          PARLEY_SECRET_KEY: 'a-key',
          PARLEY_FILES: '/files',
        });
        expect(Object.keys(one.depends_on)).toEqual(['postgres', 'redis']);
      }
      expect([api, connector].flatMap((one) => one.environment.PARLEY_ROLES.split(',')).sort()).toEqual([
        'api',
        'connector',
        'worker',
      ]);
      expect(proxy.ports).toMatchObject([{ published: 80 }, { published: 443 }]);
      expect(redis.command).toContain('noeviction');
    });
  });
}

describe('deploy/kubernetes.yaml', () => {
  const manifests = parseAllDocuments(read('deploy/kubernetes.yaml')).map((document) => document.toJS());
  const ofKind = (kind: string) => manifests.filter((one) => one.kind === kind);
  const pods = ofKind('Deployment').map(({ spec }) => spec.template);
  const nameOf = (one: { metadata: { name: string } }) => one.metadata.name;

  test.each(manifests.map((one) => [`${one.kind} ${nameOf(one)}`, one] as const))(
    '%s is what Kubernetes takes, and every field is one it knows',
    async (_, manifest) => {
      const { [manifest.kind]: Model } = await import(`kubernetes-models/${manifest.apiVersion}/${manifest.kind}`);
      new Model(manifest).validate();
      expect(unknownFields(Model, manifest)).toEqual([]);
    },
  );

  test('a field that it does not know is found', async () => {
    const { Service } = await import('kubernetes-models/v1/Service');
    const spec = { selector: { app: 'x' }, ports: [{ port: 80, targetProt: 'http' }] };
    expect(unknownFields(Service, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec })).toEqual([
      'spec.ports.0.targetProt',
    ]);
  });

  test('what refers to another part finds it', () => {
    const labels = pods.map(({ metadata }) => metadata.labels);
    for (const { spec } of ofKind('Deployment')) expect(labels).toContainEqual(spec.selector.matchLabels);
    for (const { spec } of ofKind('PodDisruptionBudget')) expect(labels).toContainEqual(spec.selector.matchLabels);
    for (const { spec } of ofKind('Service')) {
      const [pod] = pods.filter((one) => one.metadata.labels.part === spec.selector.part);
      const ports = pod.spec.containers[0].ports.map(({ name }: { name: string }) => name);
      for (const { targetPort } of spec.ports) expect(ports).toContain(targetPort);
    }
    for (const { spec } of pods) {
      const volumes = spec.volumes.map(({ name }: { name: string }) => name);
      for (const { name } of spec.containers[0].volumeMounts) expect(volumes).toContain(name);
      const claims = spec.volumes.flatMap(
        ({ persistentVolumeClaim: claim }: { persistentVolumeClaim?: object }) => claim ?? [],
      );
      for (const { claimName } of claims) expect(ofKind('PersistentVolumeClaim').map(nameOf)).toContain(claimName);
    }
    const services = ofKind('Service').map(nameOf);
    for (const { spec } of ofKind('Ingress'))
      for (const { http } of spec.rules)
        for (const { backend } of http.paths) expect(services).toContain(backend.service.name);
  });
});

type Validated = { prototype: { validate(): void } };

/** Paths of fields that the schema's compiled check never looked at, which it does at each one it knows. */
function unknownFields(Model: Validated, manifest: object): string[] {
  const seen = new Set<string>();
  const watched = (value: object, path: string): object =>
    new Proxy(value, {
      get: (target, key) => {
        const inner = Reflect.get(target, key);
        if (typeof key !== 'string') return inner;
        seen.add(`${path}${key}`);
        return typeof inner === 'object' && inner !== null ? watched(inner, `${path}${key}.`) : inner;
      },
    });
  Model.prototype.validate.call(watched(manifest, ''));
  const paths = (value: object, path: string): string[] =>
    Object.entries(value).flatMap(([key, inner]) => [
      `${path}${key}`,
      ...(typeof inner === 'object' && inner !== null ? paths(inner, `${path}${key}.`) : []),
    ]);
  return paths(manifest, '').filter((path) => !seen.has(path));
}
