// The rows of channels.
package main

import "sync"

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
