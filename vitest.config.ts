import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // By default one core is left free; the matrices are the better part of the time, and there are two.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/conformance/**'],
          testTimeout: 30_000,
          // No file leaves anything behind; loading every module 75 times over costs a fifth of the time.
          isolate: false,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
})
