// SPDX-License-Identifier: MIT

// A server as in the documentation of net/http: on TERM it finishes its requests.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func serve(response http.ResponseWriter, request *http.Request) {
	fmt.Fprintln(response, "begin")
	response.(http.Flusher).Flush()
	if request.URL.Path == "/slow" {
		time.Sleep(2 * time.Second)
	}
	fmt.Fprintln(response, "end")
}

func main() {
	server := &http.Server{Addr: ":8080", Handler: http.HandlerFunc(serve)}
	ended := make(chan struct{})
	go func() {
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM)
		<-asked
		signal.Stop(asked)
		server.Shutdown(context.Background())
		close(ended)
	}()
	server.ListenAndServe()
	<-ended
}
