/**
 * How the server's Node is started, as in the Dockerfile. V8 lets the young part of its heap grow to three times 16 MiB when
 * much happens at a start, and glibc gives each thread a heap of its own; neither is given back. Half of the one and two
 * of the others take some tens of MiB less. Looking through all of the heap takes the processors some 0.1 s, and came after each tenth
 * that it grew by; now it may grow to three times what lives in it.
 */
export const serverFlags = ['--enable-source-maps', '--max-semi-space-size=8', '--heap-growing-percent=200'];

/** Its environment; what is set already goes before. */
export const serverEnv = { MALLOC_ARENA_MAX: '2' };
