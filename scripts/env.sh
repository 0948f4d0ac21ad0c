# Sourced by the other scripts: sets the path of Deno and its certificate stores.
PATH=$PATH:$HOME/.local/bin
DENO_TLS_CA_STORE=${DENO_TLS_CA_STORE:-system,mozilla} # system: for the certificate of a proxy
NO_COLOR=1
export PATH DENO_TLS_CA_STORE NO_COLOR
