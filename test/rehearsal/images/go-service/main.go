// A service in another language, with Go's standard library alone.
//
//	GET /healthz   200
//	GET /greeting  one GET $USERS_URL/users?limit=1, then 200 {"greeting": "Hello Aoi"}, or 502 {"error": ...}
//
// Every answer carries x-release. On SIGTERM requests in flight are finished; the exit code is 0.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	callLimit = 5 * time.Second
	// Longer than the 60 s after which a load balancer closes an idle connection.
	keepAlive = 75 * time.Second
)

var client = &http.Client{Timeout: callLimit}

func main() {
	http.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		send(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	http.HandleFunc("GET /greeting", greet)
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	listener, err := net.Listen("tcp", ":"+os.Getenv("PORT"))
	if err != nil {
		return err
	}
	stopping, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server := &http.Server{IdleTimeout: keepAlive}
	go server.Serve(listener)
	log("listening", map[string]any{"port": listener.Addr().(*net.TCPAddr).Port, "release": os.Getenv("RELEASE")})
	<-stopping.Done()
	return server.Shutdown(context.Background())
}

func greet(w http.ResponseWriter, _ *http.Request) {
	name, err := newestUser()
	if err != nil {
		log("callFailed", map[string]any{"service": "users", "reason": err.Error()})
		send(w, http.StatusBadGateway, map[string]string{"error": "a call to users failed: " + err.Error()})
		return
	}
	send(w, http.StatusOK, map[string]string{"greeting": "Hello " + name})
}

func newestUser() (string, error) {
	response, err := client.Get(os.Getenv("USERS_URL") + "/users?limit=1")
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var body struct {
		Users []struct{ Name string }
	}
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		return "", err
	}
	if len(body.Users) == 0 {
		return "world", nil
	}
	return body.Users[0].Name, nil
}

func send(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("content-type", "application/json")
	w.Header().Set("x-release", os.Getenv("RELEASE"))
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func log(event string, details map[string]any) {
	details["event"] = event
	json.NewEncoder(os.Stdout).Encode(details)
}
