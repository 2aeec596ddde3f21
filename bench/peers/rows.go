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
	"sync"
	"syscall"
	"time"
)

// Nanoseconds an operation: the best of five, after one that only warms up.
func perOperation(operations float64, body func()) float64 {
	body()
	best := 1e300
	for i := 0; i < 5; i++ {
		start := time.Now()
		body()
		best = min(best, float64(time.Since(start).Nanoseconds()))
	}
	return best / operations
}

func processorTime() float64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	of := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return of(used.Utime) + of(used.Stime)
}

// Resident memory of the process and its page tables, in bytes.
func memory() float64 {
	text, _ := os.ReadFile("/proc/self/status")
	sum := 0.0
	start := 0
	for i, c := range text {
		if c != '\n' {
			continue
		}
		var kib float64
		line := string(text[start:i])
		if n, _ := fmt.Sscanf(line, "VmRSS: %f", &kib); n == 1 {
			sum += kib * 1024
		} else if n, _ := fmt.Sscanf(line, "VmPTE: %f", &kib); n == 1 {
			sum += kib * 1024
		}
		start = i + 1
	}
	return sum
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

func bytes() float64 {
	const count = 1000000
	gate := make(chan byte)
	var group sync.WaitGroup
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
	used := (memory() - before) / count
	close(gate)
	group.Wait()
	return used
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

func pingPong() float64 {
	const trips = 200000
	return perOperation(trips, func() {
		there, back := make(chan int), make(chan int)
		var group sync.WaitGroup
		goOn(&group, func() {
			for value := range there {
				back <- value
			}
		})
		for i := 0; i < trips; i++ {
			there <- i
			<-back
		}
		close(there)
		group.Wait()
	})
}

func buffered() float64 {
	const count = 3000000
	return perOperation(count, func() {
		values := make(chan int, 128)
		for i := 0; i < count; i++ {
			values <- i
			<-values
		}
	})
}

func stream(pairs int) float64 {
	const items = 1000000
	return perOperation(items, func() {
		values := make(chan int, 128)
		var producers, consumers sync.WaitGroup
		for p := 0; p < pairs; p++ {
			goOn(&producers, func() {
				for i := 0; i < items/pairs; i++ {
					values <- i
				}
			})
			goOn(&consumers, func() {
				for range values {
				}
			})
		}
		producers.Wait()
		close(values)
		consumers.Wait()
	})
}

func sieve() float64 {
	const last = 17389
	return perOperation(1e6, func() {
		var group sync.WaitGroup
		source := make(chan int)
		first := source
		goOn(&group, func() {
			for i := 2; i <= last; i++ {
				first <- i
			}
			close(first)
		})
		for {
			prime, more := <-source
			if !more {
				break
			}
			from, next := source, make(chan int)
			goOn(&group, func() {
				for value := range from {
					if value%prime != 0 {
						next <- value
					}
				}
				close(next)
			})
			source = next
		}
		group.Wait()
	})
}

func leaves(to chan int, number, size int) {
	if size == 1 {
		to <- number
		return
	}
	from := make(chan int, 10)
	var group sync.WaitGroup
	for i := 0; i < 10; i++ {
		goOn(&group, func() { leaves(from, number+i*(size/10), size/10) })
	}
	sum := 0
	for i := 0; i < 10; i++ {
		sum += <-from
	}
	group.Wait()
	to <- sum
}

func skynet() float64 {
	return perOperation(1e6, func() {
		result := make(chan int, 1)
		leaves(result, 0, 1000000)
	})
}

func select2() float64 {
	const count = 200000
	return perOperation(count, func() {
		a, b := make(chan int), make(chan int)
		chans := []chan int{a, b}
		var group sync.WaitGroup
		goOn(&group, func() {
			for i := 0; i < count; i++ {
				chans[i%2] <- i
			}
		})
		for i := 0; i < count; i++ {
			select {
			case <-a:
			case <-b:
			}
		}
		group.Wait()
	})
}

func select8() float64 {
	const count = 200000
	return perOperation(count, func() {
		var c [8]chan int
		for i := range c {
			c[i] = make(chan int)
		}
		var group sync.WaitGroup
		goOn(&group, func() {
			for i := 0; i < count; i++ {
				c[i%8] <- i
			}
		})
		for i := 0; i < count; i++ {
			select {
			case <-c[0]:
			case <-c[1]:
			case <-c[2]:
			case <-c[3]:
			case <-c[4]:
			case <-c[5]:
			case <-c[6]:
			case <-c[7]:
			}
		}
		group.Wait()
	})
}

func select2Ready() float64 {
	const count = 1000000
	return perOperation(count, func() {
		a, b := make(chan int, 1), make(chan int, 1)
		chans := []chan int{a, b}
		for i := 0; i < count; i++ {
			chans[i%2] <- i
			select {
			case <-a:
			case <-b:
			}
		}
	})
}

func select8Ready() float64 {
	const count = 1000000
	return perOperation(count, func() {
		var c [8]chan int
		for i := range c {
			c[i] = make(chan int, 1)
		}
		for i := 0; i < count; i++ {
			c[i%8] <- i
			select {
			case <-c[0]:
			case <-c[1]:
			case <-c[2]:
			case <-c[3]:
			case <-c[4]:
			case <-c[5]:
			case <-c[6]:
			case <-c[7]:
			}
		}
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
		"spawn": spawn, "alive": alive, "alive warm": aliveWarm, "bytes": bytes,
		"yield 2":    func() float64 { return yield(2) },
		"yield 1000": func() float64 { return yield(1000) },
		"sleepers":   sleepers, "mutex": alone, "mutex of 8": tiny, "mutex with yield": yielding,
		"rwmutex": readers, "cond": cond, "ping-pong": pingPong, "buffered": buffered,
		"1 to 1": func() float64 { return stream(1) },
		"4 to 4": func() float64 { return stream(4) },
		"sieve":  sieve, "skynet": skynet, "select 2": select2, "select 8": select8,
		"select 2 ready": select2Ready, "select 8 ready": select8Ready,
		"echo of 64":     echo,
		"timer":          func() float64 { return timers(0) },
		"timer of 10000": func() float64 { return timers(10000) },
	}
	row, known := rows[os.Args[2]]
	if !known {
		os.Exit(3)
	}
	runtime.GOMAXPROCS(workers)
	fmt.Printf("%.3f\n", row())
}
