{{/* What a schema cannot say in words that help. */}}
{{- define "routeflare.check" -}}
{{- $token := .Values.cloudflare.apiToken -}}
{{- if and $token.createSecret (not $token.existingSecret) (not $token.value) -}}
{{- fail "\n\nThere is no Cloudflare API token. Either give the name of a Secret of yours:\n  cloudflare.apiToken.existingSecret=true\n  cloudflare.apiToken.existingSecretName=<name>\nor let the chart make one:\n  cloudflare.apiToken.value=<token>\nThe token needs Zone:Read and DNS:Edit on the zones it shall serve." -}}
{{- end -}}
{{- if and .Values.watchNamespaces (not .Values.cloudflare.recordOwnerID) -}}
{{- fail "\n\nwatchNamespaces is set, so Routeflare gets no right outside those namespaces and cannot read the id of this cluster (the uid of the Namespace kube-system), from which it makes its owner id otherwise.\nSet cloudflare.recordOwnerID to a word of your own, for example the name of the cluster. No other Routeflare that works on the same zones may use it." -}}
{{- end -}}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.apiServerPorts) -}}
{{- fail "\n\nnetworkPolicy.apiServerPorts is empty: Routeflare could not reach the Kubernetes API. Name at least one port, usually 443 or 6443." -}}
{{- end -}}
{{- end -}}
