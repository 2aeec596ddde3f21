// The rows of select. A function for each width: Go's select has its cases in the source.
package main

import "sync"

// Receives `count` times with a select over all of them. With `feed` it first sends itself, into a
// buffer of one of them.
type selects func(c []chan int, count int, feed bool)

var selectsOver = map[int]selects{
	1:  select1,
	2:  select2,
	4:  select4,
	8:  select8,
	16: select16,
	32: select32,
	64: select64,
}

// Of `all` selects that many are enough when a select takes as long as one of `width` does.
func enough(all, width int) int { return all / max(1, width/8) }

// A goroutine waits for all of the channels; another sends to one after the other. The width is a
// power of two.
func selectBlocking(receive selects, width int) float64 {
	count := enough(200000, width)
	return perOperation(float64(count), func() {
		c := make([]chan int, width)
		for i := range c {
			c[i] = make(chan int)
		}
		var group sync.WaitGroup
		goOn(&group, func() {
			for i := 0; i < count; i++ {
				c[i&(width-1)] <- i
			}
		})
		receive(c, count, false)
		group.Wait()
	})
}

// One of them has a value in its buffer.
func selectReady(receive selects, width int) float64 {
	count := enough(1000000, width)
	return perOperation(float64(count), func() {
		c := make([]chan int, width)
		for i := range c {
			c[i] = make(chan int, 1)
		}
		receive(c, count, true)
	})
}

func select1(c []chan int, count int, feed bool) {
	for i := 0; i < count; i++ {
		if feed {
			c[i%1] <- i
		}
		select {
		case <-c[0]:
		}
	}
}

func select2(c []chan int, count int, feed bool) {
	for i := 0; i < count; i++ {
		if feed {
			c[i%2] <- i
		}
		select {
		case <-c[0]:
		case <-c[1]:
		}
	}
}

func select4(c []chan int, count int, feed bool) {
	for i := 0; i < count; i++ {
		if feed {
			c[i%4] <- i
		}
		select {
		case <-c[0]:
		case <-c[1]:
		case <-c[2]:
		case <-c[3]:
		}
	}
}

func select8(c []chan int, count int, feed bool) {
	for i := 0; i < count; i++ {
		if feed {
			c[i%8] <- i
		}
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
}

func select16(c []chan int, count int, feed bool) {
	for i := 0; i < count; i++ {
		if feed {
			c[i%16] <- i
		}
		select {
		case <-c[0]:
		case <-c[1]:
		case <-c[2]:
		case <-c[3]:
		case <-c[4]:
		case <-c[5]:
		case <-c[6]:
		case <-c[7]:
		case <-c[8]:
		case <-c[9]:
		case <-c[10]:
		case <-c[11]:
		case <-c[12]:
		case <-c[13]:
		case <-c[14]:
		case <-c[15]:
		}
	}
}

func select32(c []chan int, count int, feed bool) {
	for i := 0; i < count; i++ {
		if feed {
			c[i%32] <- i
		}
		select {
		case <-c[0]:
		case <-c[1]:
		case <-c[2]:
		case <-c[3]:
		case <-c[4]:
		case <-c[5]:
		case <-c[6]:
		case <-c[7]:
		case <-c[8]:
		case <-c[9]:
		case <-c[10]:
		case <-c[11]:
		case <-c[12]:
		case <-c[13]:
		case <-c[14]:
		case <-c[15]:
		case <-c[16]:
		case <-c[17]:
		case <-c[18]:
		case <-c[19]:
		case <-c[20]:
		case <-c[21]:
		case <-c[22]:
		case <-c[23]:
		case <-c[24]:
		case <-c[25]:
		case <-c[26]:
		case <-c[27]:
		case <-c[28]:
		case <-c[29]:
		case <-c[30]:
		case <-c[31]:
		}
	}
}

func select64(c []chan int, count int, feed bool) {
	for i := 0; i < count; i++ {
		if feed {
			c[i%64] <- i
		}
		select {
		case <-c[0]:
		case <-c[1]:
		case <-c[2]:
		case <-c[3]:
		case <-c[4]:
		case <-c[5]:
		case <-c[6]:
		case <-c[7]:
		case <-c[8]:
		case <-c[9]:
		case <-c[10]:
		case <-c[11]:
		case <-c[12]:
		case <-c[13]:
		case <-c[14]:
		case <-c[15]:
		case <-c[16]:
		case <-c[17]:
		case <-c[18]:
		case <-c[19]:
		case <-c[20]:
		case <-c[21]:
		case <-c[22]:
		case <-c[23]:
		case <-c[24]:
		case <-c[25]:
		case <-c[26]:
		case <-c[27]:
		case <-c[28]:
		case <-c[29]:
		case <-c[30]:
		case <-c[31]:
		case <-c[32]:
		case <-c[33]:
		case <-c[34]:
		case <-c[35]:
		case <-c[36]:
		case <-c[37]:
		case <-c[38]:
		case <-c[39]:
		case <-c[40]:
		case <-c[41]:
		case <-c[42]:
		case <-c[43]:
		case <-c[44]:
		case <-c[45]:
		case <-c[46]:
		case <-c[47]:
		case <-c[48]:
		case <-c[49]:
		case <-c[50]:
		case <-c[51]:
		case <-c[52]:
		case <-c[53]:
		case <-c[54]:
		case <-c[55]:
		case <-c[56]:
		case <-c[57]:
		case <-c[58]:
		case <-c[59]:
		case <-c[60]:
		case <-c[61]:
		case <-c[62]:
		case <-c[63]:
		}
	}
}
