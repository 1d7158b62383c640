# A job that says for which time it runs and with which release. EXIT_CODE makes it fail.
echo "run of $RELEASE for ${SCHEDULED_TIME:-nobody}"
exit "${EXIT_CODE:-0}"
