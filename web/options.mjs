// How every bundle is made.

export const OPTIONS = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  // The licences of what is bundled stay with it.
  legalComments: "eof",
  logLevel: "warning",
  write: false,
};
