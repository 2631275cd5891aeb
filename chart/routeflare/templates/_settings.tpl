{{/*
The program's settings as a map of environment variables. Lists are joined by commas. A setting whose empty value
means "the program's own default" is left out when it is empty.
*/}}
{{- define "routeflare.settings" -}}
CLOUDFLARE_API_TOKEN_FILE: /etc/routeflare/cloudflare/token
{{- with .Values.cloudflare }}
STRATEGY: {{ .strategy | lower | quote }}
{{- with .recordOwnerID }}
RECORD_OWNER_ID: {{ . | quote }}
{{- end }}
{{- with .formerOwnerIDs }}
FORMER_OWNER_IDS: {{ . | join "," | quote }}
{{- end }}
{{- with .zones }}
ZONES: {{ . | join "," | quote }}
{{- end }}
{{- with .protectedNames }}
PROTECTED_NAMES: {{ . | join "," | quote }}
{{- end }}
{{- end }}
SOURCES: {{ .Values.sources | join "," | quote }}
{{- with .Values.sourceSelector }}
SOURCE_SELECTOR: {{ . | quote }}
{{- end }}
{{- with .Values.watchNamespaces }}
WATCH_NAMESPACES: {{ . | join "," | quote }}
{{- end }}
DRY_RUN: {{ .Values.dryRun | quote }}
LEDGER_PATH: {{ .Values.ledgerPath | quote }}
DELETE_DELAY: {{ .Values.deleteDelay | quote }}
MAX_DELETES: {{ include "routeflare.maxDeletes" .Values.maxDeletes | quote }}
DRIFT_SCHEDULE: {{ .Values.driftSchedule | quote }}
{{- with .Values.ddns }}
DDNS_SCHEDULE: {{ .schedule | quote }}
DDNS_CONFIRM_DELAY: {{ .confirmDelay | quote }}
DDNS_QUORUM: {{ .quorum | int64 | quote }}
{{- with .ipv4Voters }}
DDNS_IPV4_VOTERS: {{ . | join "," | quote }}
{{- end }}
{{- with .ipv6Voters }}
DDNS_IPV6_VOTERS: {{ . | join "," | quote }}
{{- end }}
{{- with .allowCIDRs }}
DDNS_ALLOW_CIDRS: {{ . | join "," | quote }}
{{- end }}
{{- with .onlyCIDRs }}
DDNS_ONLY_CIDRS: {{ . | join "," | quote }}
{{- end }}
{{- end }}
HTTP_ADDRESS: {{ printf ":%d" (.Values.http.port | int64) | quote }}
PAGE: {{ .Values.http.page | quote }}
{{- if .Values.heartbeat.existingSecret }}
HEARTBEAT_URL_FILE: /etc/routeflare/heartbeat/url
HEARTBEAT_FORMAT: {{ .Values.heartbeat.format | quote }}
HEARTBEAT_INTERVAL: {{ .Values.heartbeat.interval | quote }}
{{- end }}
{{- if .Values.notice.existingSecret }}
NOTICE_URL_FILE: /etc/routeflare/notice/url
NOTICE_FORMAT: {{ .Values.notice.format | quote }}
{{- end }}
LOG_LEVEL: {{ .Values.log.level | quote }}
LOG_FORMAT: {{ .Values.log.format | quote }}
{{- with .Values.nodeOptions }}
NODE_OPTIONS: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* YAML reads a bare off as false. */}}
{{- define "routeflare.maxDeletes" -}}
{{- if or (kindIs "bool" .) (kindIs "string" .) -}}
off
{{- else -}}
{{- . | int64 -}}
{{- end -}}
{{- end -}}

{{/*
The container's env. A variable of the user's replaces ours of that name, since the API server takes no name twice;
a token given as CLOUDFLARE_API_TOKEN also takes the place of the file.
*/}}
{{- define "routeflare.env" -}}
{{- $taken := list -}}
{{- range .Values.env -}}
{{- $taken = append $taken .name -}}
{{- end -}}
{{- if has "CLOUDFLARE_API_TOKEN" $taken -}}
{{- $taken = append $taken "CLOUDFLARE_API_TOKEN_FILE" -}}
{{- end -}}
{{- $env := list -}}
{{- range $name, $value := include "routeflare.settings" . | fromYaml -}}
{{- if not (has $name $taken) -}}
{{- $env = append $env (dict "name" $name "value" $value) -}}
{{- end -}}
{{- end -}}
{{- if not (has "LEASE_NAME" $taken) -}}
{{- $env = append $env (dict "name" "LEASE_NAME" "value" (include "routeflare.fullname" .)) -}}
{{- end -}}
{{- range $name, $path := dict "POD_NAME" "metadata.name" "POD_NAMESPACE" "metadata.namespace" "POD_UID" "metadata.uid" -}}
{{- if not (has $name $taken) -}}
{{- $env = append $env (dict "name" $name "valueFrom" (dict "fieldRef" (dict "fieldPath" $path))) -}}
{{- end -}}
{{- end -}}
{{- concat $env .Values.env | toYaml -}}
{{- end -}}
