package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"portreg/cmd/internal/lint"
)

// maxResults is how many results of a run GitHub shows; it refuses a run of more than
// 25,000 (docs.github.com, About code scanning limits on SARIF results).
const maxResults = 5000

// FindingsSARIF writes a log in the Static Analysis Results Interchange Format, SARIF
// 2.1.0, of a run of rules by that version of portreg. Of more than 5,000 findings it
// keeps the most severe, the first of them, and says how many it leaves out.
func FindingsSARIF(w io.Writer, ff []lint.Finding, rules []lint.Rule, version string) error {
	driver := sarifDriver{Name: "portreg", Version: version, Rules: []sarifRule{}}
	index := map[string]int{}
	for i, r := range rules {
		index[r.Name] = i
		driver.Rules = append(driver.Rules, sarifRuleOf(r))
	}
	kept := mostSevere(ff, maxResults)
	run := sarifRun{
		Tool:        sarifTool{driver},
		Invocations: []sarifInvocation{{true, leftOut(len(ff)-len(kept), len(ff))}},
		ColumnKind:  "unicodeCodePoints",
		Results:     []sarifResult{},
	}
	for _, f := range kept {
		run.Results = append(run.Results, sarifResultOf(f, index[f.Rule]))
	}
	return JSON(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

// mostSevere gives the n most severe findings, in their order where that is the same.
func mostSevere(ff []lint.Finding, n int) []lint.Finding {
	if len(ff) <= n {
		return ff
	}
	sorted := slices.Clone(ff)
	slices.SortStableFunc(sorted, func(a, b lint.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	return sorted[:n]
}

func leftOut(n, all int) []sarifNotification {
	if n == 0 {
		return nil
	}
	text := fmt.Sprintf("%s of %s are left out, the least severe and last: GitHub shows no more than %s.",
		Thousands(n), Count(all, "finding"), Thousands(maxResults))
	return []sarifNotification{{"warning", sarifMessage{text}}}
}

// sarifRuleOf gives all that GitHub wants of a rule, which is both descriptions
// (docs.github.com, SARIF support for code scanning).
func sarifRuleOf(r lint.Rule) sarifRule {
	return sarifRule{
		ID:               r.Name,
		ShortDescription: messageOf(r.Why),
		FullDescription:  messageOf(r.Why),
		Help:             messageOf(r.Why + " Source: " + r.Source),
		Default:          sarifConfiguration{levels[r.Severity]},
	}
}

func sarifResultOf(f lint.Finding, rule int) sarifResult {
	place := sarifPlace{sarifArtifact{uri(f.File)}, sarifRegion{f.Line, f.Col}}
	return sarifResult{f.Rule, rule, levels[f.Severity], messageOf(f.Text), []sarifLocation{{place}}}
}

var levels = [...]string{lint.Info: "note", lint.Warning: "warning", lint.Error: "error"}

// messageOf gives a plain text message, in which braces are not placeholders (section
// 3.11.5) and brackets no link (3.11.6).
func messageOf(text string) sarifMessage {
	return sarifMessage{strings.NewReplacer("{", "{{", "}", "}}", "](", `]\(`).Replace(Printable(text))}
}

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	ColumnKind  string            `json:"columnKind"`
	Results     []sarifResult     `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string             `json:"id"`
	ShortDescription sarifMessage       `json:"shortDescription"`
	FullDescription  sarifMessage       `json:"fullDescription"`
	Help             sarifMessage       `json:"help"`
	Default          sarifConfiguration `json:"defaultConfiguration"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   string       `json:"level"`
	Message sarifMessage `json:"message"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifMessage    `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

type sarifLocation struct {
	Physical sarifPlace `json:"physicalLocation"`
}

type sarifPlace struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	Line   int `json:"startLine"`
	Column int `json:"startColumn"`
}
