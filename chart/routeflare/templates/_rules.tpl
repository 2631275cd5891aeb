{{/* What is read in every watched namespace. A kind that is no source needs no right. */}}
{{- define "routeflare.readRules" -}}
{{- $plurals := dict "httproute" "httproutes" "grpcroute" "grpcroutes" "tlsroute" "tlsroutes" -}}
- apiGroups: [gateway.networking.k8s.io]
  resources:
    {{- range $source, $plural := $plurals }}
    {{- if has $source $.Values.sources }}
    - {{ $plural }}
    {{- end }}
    {{- end }}
    - gateways
    - listenersets
  verbs: [list, watch]
{{- if has "ingress" .Values.sources }}
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [list, watch]
{{- end }}
{{- if or .Values.rbac.readBackends (has "service" .Values.sources) }}
- apiGroups: [""]
  resources: [services]
  verbs: [list, watch]
{{- end }}
{{- if .Values.rbac.readBackends }}
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch]
- apiGroups: [gateway.networking.k8s.io]
  resources: [referencegrants]
  verbs: [list, watch]
{{- end }}
{{- end -}}

{{- define "routeflare.eventRule" -}}
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
