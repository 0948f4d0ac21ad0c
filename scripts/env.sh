# Read by the other scripts: where Deno is found, and whose certificates it trusts.
PATH=$PATH:$HOME/.local/bin
DENO_TLS_CA_STORE=${DENO_TLS_CA_STORE:-system,mozilla} # a proxy's own certificate is the system's
NO_COLOR=1
export PATH DENO_TLS_CA_STORE NO_COLOR
