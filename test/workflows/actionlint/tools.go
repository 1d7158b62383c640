//go:build tools

// Package tools pins actionlint, so that it can be built from Go modules.
package tools

import _ "github.com/rhysd/actionlint/cmd/actionlint"
