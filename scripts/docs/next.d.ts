// What docs/applications.md takes of Next.js, which is not installed here; scripts/applications.js runs it.
declare module 'next' {
  export interface NextConfig {
    serverExternalPackages?: string[];
    output?: 'standalone';
    outputFileTracingIncludes?: Record<string, string[]>;
  }
}
