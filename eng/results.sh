# shellcheck shell=bash
# What test.sh and eng/stress.sh read out of a trx file. Sourced by them.

# Reads one number out of a trx file's totals.
counter() { grep -o '<Counters [^>]*' "$1" | grep -o " $2=\"[0-9]*\"" | tr -dc 0-9; }

# Prints how many tests passed, failed and were skipped; three zeros where there is no file.
totals() {
  [[ -f $1 ]] || { echo 0 0 0; return; }
  local total executed good
  total=$(counter "$1" total) executed=$(counter "$1" executed) good=$(counter "$1" passed)
  echo "$good $((executed - good)) $((total - executed))"
}

# The names of the failed tests, with the beginnings of their messages and of their stack traces.
print_failures() {
  awk '
    /<UnitTestResult / {
      failed = /outcome="Failed"/
      if (failed && match($0, / testName="[^"]*"/)) print "  FAILED " substr($0, RSTART + 11, RLENGTH - 12)
    }
    failed && /<(Message|StackTrace)>/ { inside = 1; left = 15 }
    inside {
      text = $0
      gsub(/.*<(Message|StackTrace)>|<\/(Message|StackTrace)>.*/, "", text)
      if (left-- > 0) print "      " text
      if (/<\/(Message|StackTrace)>/) inside = 0
    }' "$1" |
    sed -e 's/&#xD;//g; s/&#xA;/ /g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g'
}
