{{- define "routeflare.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The names of the Go chart, so that an upgrade finds its Deployment. */}}
{{- define "routeflare.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* For what lives outside the release namespace. No name holds a colon, so two releases never meet. */}}
{{- define "routeflare.globalName" -}}
{{- printf "%s:%s" (include "routeflare.fullname" .) .Release.Namespace -}}
{{- end -}}

{{/* A Deployment's selector never changes, so these two labels are fixed for good. */}}
{{- define "routeflare.selectorLabels" -}}
app.kubernetes.io/name: {{ include "routeflare.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "routeflare.labels" -}}
{{ include "routeflare.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "routeflare.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "routeflare.fullname" .) "default") -}}
{{- end -}}

{{- define "routeflare.secretName" -}}
{{- $token := .Values.cloudflare.apiToken -}}
{{- $token.existingSecret | ternary ($token.existingSecretName | default $token.secretName) $token.secretName -}}
{{- end -}}

{{- define "routeflare.claimName" -}}
{{- .Values.persistence.existingClaim | default (printf "%s-ledger" (include "routeflare.fullname" .)) -}}
{{- end -}}

{{- define "routeflare.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}
