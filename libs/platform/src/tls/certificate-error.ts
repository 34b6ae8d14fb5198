/** https://nodejs.org/api/tls.html#x509-certificate-error-codes, and what Node itself finds wrong with a name. */
const CODES =
  /^(UNABLE_TO_.*|CERT_.*|CRL_.*|ERROR_IN_C(ERT|RL)_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** Whether a connection was given up because the server's certificate is not one to trust. Waiting does not help. */
export function isCertificateError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && CODES.test(String(error.code));
}
