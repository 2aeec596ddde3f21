// The rows in Go. The same work as in kit_rows.hpp and sluice.cpp, with the same figures.
package main

import (
	"fmt"
	"io"
	"math/rand"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Nanoseconds an operation: the best of some rounds, after one that only warms up. Of each counts
// what the body says.
func bestOf(rounds int, operations float64, body func() time.Duration) float64 {
	body()
	best := 1e300
	for i := 0; i < rounds; i++ {
		best = min(best, float64(body().Nanoseconds()))
	}
	return best / operations
}

func perOperation(operations float64, body func()) float64 {
	return bestOf(5, operations, func() time.Duration {
		start := time.Now()
		body()
		return time.Since(start)
	})
}

func processorTime() float64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	of := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return of(used.Utime) + of(used.Stime)
}

// The figure that a file of the kernel's gives in KiB, in bytes.
func kibOf(file, format string) float64 {
	text, _ := os.ReadFile(file)
	for _, line := range strings.Split(string(text), "\n") {
		var kib float64
		if n, _ := fmt.Sscanf(line, format, &kib); n == 1 {
			return kib * 1024
		}
	}
	return 0
}

// Resident memory of the process and its page tables, in bytes. VmRSS may be 256 KiB off.
func memory() float64 {
	return kibOf("/proc/self/smaps_rollup", "Rss: %f") + kibOf("/proc/self/status", "VmPTE: %f")
}

func goOn(group *sync.WaitGroup, f func()) {
	group.Add(1)
	go func() {
		defer group.Done()
		f()
	}()
}

func spawn() float64 {
	const batch, batches = 100, 5000
	return perOperation(batch*batches, func() {
		for b := 0; b < batches; b++ {
			var group sync.WaitGroup
			group.Add(batch)
			for i := 0; i < batch; i++ {
				go group.Done()
			}
			group.Wait()
		}
	})
}

func alive() float64 {
	const count = 100000
	start := time.Now()
	gate := make(chan byte)
	var group sync.WaitGroup
	for i := 0; i < count; i++ {
		goOn(&group, func() { <-gate })
	}
	close(gate)
	group.Wait()
	return float64(time.Since(start).Nanoseconds()) / count
}

func aliveWarm() float64 {
	alive()
	return min(alive(), alive())
}

func bytes(count int) float64 {
	gate := make(chan byte)
	var group sync.WaitGroup
	memory()
	before := memory()
	for i := 0; i < count; i++ {
		goOn(&group, func() { <-gate })
		if i%1000 == 0 {
			runtime.Gosched()
		}
	}
	for i := 0; i < 100; i++ {
		runtime.Gosched()
	}
	used := (memory() - before) / float64(count)
	close(gate)
	group.Wait()
	return used
}

// All are started, and wait; then all are woken, and end. What counts is the one or the other.
func waitForAll(count int, waking bool) float64 {
	times := max(1, 100000/count)
	return bestOf(2, float64(times*count), func() time.Duration {
		var spent time.Duration
		for i := 0; i < times; i++ {
			gate, allWait := make(chan byte), make(chan byte, 1)
			var waiting atomic.Int32
			var group sync.WaitGroup
			start := time.Now()
			for k := 0; k < count; k++ {
				goOn(&group, func() {
					if int(waiting.Add(1)) == count {
						allWait <- 0
					}
					<-gate
				})
			}
			<-allWait
			woken := time.Now()
			close(gate)
			group.Wait()
			if waking {
				spent += time.Since(woken)
			} else {
				spent += woken.Sub(start)
			}
		}
		return spent
	})
}

func yield(tasks int) float64 {
	each := 1000000 / tasks
	return perOperation(float64(each*tasks), func() {
		var group sync.WaitGroup
		for i := 0; i < tasks; i++ {
			goOn(&group, func() {
				for k := 0; k < each; k++ {
					runtime.Gosched()
				}
			})
		}
		group.Wait()
	})
}

func sleepers() float64 {
	const count = 100000
	all := func() {
		random := rand.New(rand.NewSource(1))
		var group sync.WaitGroup
		for i := 0; i < count; i++ {
			d := time.Duration(1000+random.Intn(99000)) * time.Microsecond
			goOn(&group, func() { time.Sleep(d) })
		}
		group.Wait()
	}
	all()
	before := processorTime()
	all()
	return (processorTime() - before) * 1e3
}

const tasks, each = 8, 200000

func shared(each int, section func(i int)) float64 {
	return perOperation(float64(tasks*each), func() {
		var group sync.WaitGroup
		for t := 0; t < tasks; t++ {
			goOn(&group, func() {
				for i := 0; i < each; i++ {
					section(i)
				}
			})
		}
		group.Wait()
	})
}

func alone() float64 {
	const count = 10000000
	return perOperation(count, func() {
		var mutex sync.Mutex
		for i := 0; i < count; i++ {
			mutex.Lock()
			mutex.Unlock()
		}
	})
}

func tiny() float64 {
	var mutex sync.Mutex
	count := 0
	return shared(each, func(int) {
		mutex.Lock()
		count++
		mutex.Unlock()
	})
}

func yielding() float64 {
	var mutex sync.Mutex
	count := 0
	return shared(each/4, func(i int) {
		mutex.Lock()
		count++
		if i%16 == 0 {
			runtime.Gosched()
		}
		mutex.Unlock()
	})
}

func readers() float64 {
	var mutex sync.RWMutex
	value := 0
	return shared(each, func(i int) {
		if i%1000 == 0 {
			mutex.Lock()
			value++
			mutex.Unlock()
		} else {
			mutex.RLock()
			mutex.RUnlock()
		}
	})
}

func cond() float64 {
	const trips = 100000
	return perOperation(trips, func() {
		var mutex sync.Mutex
		changed := sync.NewCond(&mutex)
		turn := 0
		play := func(mine int) {
			mutex.Lock()
			for i := 0; i < trips; i++ {
				for turn != mine {
					changed.Wait()
				}
				turn = 1 - mine
				changed.Signal()
			}
			mutex.Unlock()
		}
		var group sync.WaitGroup
		goOn(&group, func() { play(0) })
		goOn(&group, func() { play(1) })
		group.Wait()
	})
}

func timers(live int) float64 {
	const count = 500000
	others := make([]*time.Timer, live)
	for i := range others {
		others[i] = time.AfterFunc(time.Hour+time.Duration(i)*time.Second, func() {})
	}
	nanoseconds := perOperation(count, func() {
		for i := 0; i < count; i++ {
			time.AfterFunc(time.Hour, func() {}).Stop()
		}
	})
	for _, other := range others {
		other.Stop()
	}
	return nanoseconds
}

// Processor time of each of `count` timers that call within ten milliseconds.
func timersDue(count int) float64 {
	const times = 20
	random := rand.New(rand.NewSource(1))
	all := func() {
		var group sync.WaitGroup
		group.Add(count)
		for i := 0; i < count; i++ {
			time.AfterFunc(time.Duration(1000+random.Intn(9000))*time.Microsecond, group.Done)
		}
		group.Wait()
	}
	all()
	before := processorTime()
	for i := 0; i < times; i++ {
		all()
	}
	return (processorTime() - before) / float64(times*count) * 1e9
}

// 64 connections over loopback, and on each 64 bytes there and back again and again.
func echo() float64 {
	const connections, trips, size = 64, 500, 64
	listener, _ := net.Listen("tcp", "127.0.0.1:0")
	var servers sync.WaitGroup
	clients := make([]net.Conn, connections)
	for i := range clients {
		clients[i], _ = net.Dial("tcp", listener.Addr().String())
		conn, _ := listener.Accept()
		goOn(&servers, func() {
			buffer := make([]byte, size)
			for {
				if _, err := io.ReadFull(conn, buffer); err != nil {
					return
				}
				if _, err := conn.Write(buffer); err != nil {
					return
				}
			}
		})
	}
	nanoseconds := perOperation(connections*trips, func() {
		var group sync.WaitGroup
		for _, conn := range clients {
			goOn(&group, func() {
				buffer := make([]byte, size)
				for trip := 0; trip < trips; trip++ {
					conn.Write(buffer)
					io.ReadFull(conn, buffer)
				}
			})
		}
		group.Wait()
	})
	for _, conn := range clients {
		conn.Close()
	}
	servers.Wait()
	return nanoseconds
}

func main() {
	workers := 0
	if len(os.Args) == 3 {
		workers, _ = strconv.Atoi(os.Args[1])
	}
	if workers < 1 {
		fmt.Fprintf(os.Stderr, "usage: %s WORKERS ROW\n", os.Args[0])
		os.Exit(2)
	}
	rows := map[string]func() float64{
		"spawn": spawn, "alive": alive, "alive warm": aliveWarm,
		"bytes":      func() float64 { return bytes(1000000) },
		"yield 2":    func() float64 { return yield(2) },
		"yield 1000": func() float64 { return yield(1000) },
		"sleepers":   sleepers, "mutex": alone, "mutex of 8": tiny, "mutex with yield": yielding,
		"rwmutex": readers, "cond": cond, "ping-pong": pingPong, "buffered": buffered,
		"1 to 1": func() float64 { return stream(1) },
		"4 to 4": func() float64 { return stream(4) },
		"sieve":  sieve, "skynet": skynet, "echo of 64": echo,
		"timer": func() float64 { return timers(0) },
	}
	for count := 1; count <= 1000000; count *= 10 {
		rows[fmt.Sprint("bytes of ", count)] = func() float64 { return bytes(count) }
		rows[fmt.Sprint("start of ", count)] = func() float64 { return waitForAll(count, false) }
		rows[fmt.Sprint("wake of ", count)] = func() float64 { return waitForAll(count, true) }
	}
	for count := 1; count <= 10000; count *= 10 {
		rows[fmt.Sprint("timer of ", count)] = func() float64 { return timers(count) }
		rows[fmt.Sprint("due of ", count)] = func() float64 { return timersDue(count) }
	}
	for width, selects := range selectsOver {
		rows[fmt.Sprint("select ", width)] = func() float64 { return selectBlocking(selects, width) }
		rows[fmt.Sprintf("select %d ready", width)] = func() float64 {
			return selectReady(selects, width)
		}
	}
	row, known := rows[os.Args[2]]
	if !known {
		os.Exit(3)
	}
	runtime.GOMAXPROCS(workers)
	fmt.Printf("%.3f\n", row())
}
